using Multiproc.SharedMemory;
using Multiproc.TestKit;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.SharedMemory;

/// <summary>
/// What CPython needs a process for, its resource tracker: here locks on the files themselves guard blocks, and end with their holders. So
/// there is nothing that could be interrupted, killed or started again. Numbers are those of the conformance list.
/// </summary>
public sealed class GuardianTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(15)]
    [InlineData(9)]
    public void MakerEndedByASignal_BlockIsRemoved(int signal)
    {
        // RT-01, RT-02, RT-03
        using var names = Mp.Queue<string>();
        using var child = InChild.Start(() =>
        {
            names.Put(SharedMemoryBlock.Create(1 << 12).Name);
            Thread.CurrentThread.Join();
        });
        string name = names.Get(InChild.Bound);
        Signals.Send(child.Pid!.Value, signal);
        child.Join(InChild.Bound).ShouldBeTrue();
        child.ExitCode.ShouldBe(-signal);
        Await.Until("the block is gone", () => !File.Exists(BlockFolder.PathOf(name)));
    }

    [Fact]
    public void BlocksInParentAndChild_TakeNoFurtherProcess()
    {
        // RT-03, RT-04
        using var seen = Mp.Queue<int>();
        using var block = SharedMemoryBlock.Create(64);
        string name = block.Name;
        InChild.Run(() =>
        {
            using var attached = SharedMemoryBlock.Attach(name);
            using var made = SharedMemoryBlock.Create(64);
            seen.Put(
                Directory.GetDirectories("/proc/self/task").Sum(static thread =>
                    File.ReadAllText($"{thread}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Length));
        });
        seen.GetNowait().ShouldBe(0);
    }

    [Fact]
    public void SameBlock_AttachedTwice_IsCountedOnce_AndUnlinkedTwiceSaysSo()
    {
        // RT-07
        using var made = SharedMemoryBlock.Create(64);
        var again = SharedMemoryBlock.Attach(made.Name);
        again.Dispose();
        SharedMemoryBlock.Attach(made.Name).Dispose();
        made.Unlink();
        Should.Throw<FileNotFoundException>(made.Unlink).Message.ShouldContain(made.Name);
    }

    [Fact]
    public void ProcessThatForgetsItsBlock_PrintsNothingAndEndsWithZero()
    {
        // RT-08: a block that is not disposed is no leak, so there is nothing to say and no code to tell it by.
        using var names = Mp.Queue<string>();
        using var process = Mp.Process(static names => names.Put(SharedMemoryBlock.Create(64).Name), names, options: new ProcessOptions { KeepStderr = true });
        process.Start();
        process.Join(InChild.Bound).ShouldBeTrue();
        process.ExitCode.ShouldBe(0);
        process.StderrTail().ShouldBeEmpty();
        string name = names.GetNowait();
        Await.Until("the block is gone", () => !File.Exists(BlockFolder.PathOf(name)));
    }
}
