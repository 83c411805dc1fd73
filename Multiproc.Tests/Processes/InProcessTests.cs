using Multiproc.Tests.Support;

namespace Multiproc.Tests.Processes;

/// <summary>Children on threads of this process. Numbers are those of the conformance list.</summary>
public sealed class InProcessTests
{
    private static readonly MultiprocContext s_context = Mp.GetContext(StartMethod.InProcess);
    private static ChildProcess? s_self;

    [Fact]
    public void Target_RunsHereAsAChildOfItsOwnName()
    {
        // P-37
        using var seen = Mp.Queue<(string Name, string? Parent, int Pid, string Around)>();
        using var process = s_context.Process(
            static queue => queue.Put((Mp.CurrentProcess.Name, Mp.ParentProcess?.Name, Environment.ProcessId, "")), seen, name: "a thread");
        process.ExitCode.ShouldBeNull();
        process.Start();
        process.Join(InChild.Bound).ShouldBeTrue();
        process.ExitCode.ShouldBe(0);
        seen.Get(InChild.Bound).ShouldBe(("a thread", "MainProcess", Environment.ProcessId, ""));
        Mp.CurrentProcess.Name.ShouldBe("MainProcess");
    }

    [Fact]
    public void Arguments_AreCopies()
    {
        var list = new List<int> { 1 };
        using var lengths = Mp.Queue<int>();
        using var process = s_context.Process(
            static (list, queue) =>
            {
                list.Add(2);
                queue.Put(list.Count);
            }, list, lengths);
        process.Start();
        lengths.Get(InChild.Bound).ShouldBe(2);
        list.Count.ShouldBe(1);
        process.Join(InChild.Bound).ShouldBeTrue();
        using var log = new FileStream(Path.GetTempFileName(), FileMode.Open, FileAccess.Read, FileShare.None, 1, FileOptions.DeleteOnClose);
        using var unsendable = s_context.Process(() => { log.ReadByte(); });
        Should.Throw<SerializationException>(unsendable.Start);
    }

    [Fact]
    public void Exception_IsExitCodeOne()
    {
        using var process = s_context.Process(static () => throw new InvalidOperationException("this exception belongs to a test"));
        process.Start();
        process.Join(InChild.Bound).ShouldBeTrue();
        process.ExitCode.ShouldBe(1);
    }

    [Fact]
    public void Terminate_FiresTheToken_KillIsRefused()
    {
        using var started = Mp.Event();
        using var process = s_context.Process(
            static (started, token) =>
            {
                started.Set();
                token.WaitHandle.WaitOne();
            }, started);
        process.Start();
        started.Wait(InChild.Bound).ShouldBeTrue();
        Should.Throw<NotSupportedException>(process.Kill).Message.ShouldContain("StartMethod.Spawn");
        process.Terminate();
        process.Join(InChild.Bound).ShouldBeTrue();
        process.ExitCode.ShouldBe(-15);
    }

    [Fact]
    public void Terminate_RightAfterTheStart_IsNotLost()
    {
        for (int i = 0; i < 50; i++)
        {
            using var process = s_context.Process(static token => { token.WaitHandle.WaitOne(); });
            process.Start();
            process.Terminate();
            process.Join(InChild.Bound).ShouldBeTrue("a request that comes before the work has begun fires its token");
            process.ExitCode.ShouldBe(-15);
        }
    }

    [Fact]
    public void Join_OfItself_IsRefused()
    {
        using var said = Mp.Queue<string>();
        using var process = s_context.Process(static queue =>
        {
            try
            {
                s_self!.Join();
                queue.Put("it was allowed");
            }
            catch (InvalidOperationException refused)
            {
                queue.Put(refused.Message);
            }
        }, said);
        s_self = process;
        process.Start();
        said.Get(InChild.Bound).ShouldContain("cannot join itself");
        process.Join(InChild.Bound).ShouldBeTrue();
    }
}
