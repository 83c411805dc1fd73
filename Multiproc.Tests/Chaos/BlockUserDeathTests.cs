using Multiproc.SharedMemory;
using Multiproc.TestKit;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Chaos;

/// <summary>A block outlives none of its users and is taken from none of them, also when one is killed (SM-16, RT-01).</summary>
public sealed class BlockUserDeathTests
{
    [Fact]
    public void Maker_Killed_LeavesNothing()
    {
        // SM-16
        using var names = Mp.Queue<string>();
        using var child = InChild.Start(() =>
        {
            var block = SharedMemoryBlock.Create(1 << 20);
            var list = new ShareableList([1, 2, 3]);
            names.Put(block.Name);
            names.Put(list.Name);
            Thread.CurrentThread.Join();
        });
        string[] made = [names.Get(InChild.Bound), names.Get(InChild.Bound)];
        SharedMemoryBlock.Attach(made[0]).Dispose();
        child.KillAndJoin();
        Await.Until("the files of the dead are removed without a look at them", () => made.All(static name => !File.Exists(BlockFolder.PathOf(name))));
        Should.Throw<FileNotFoundException>(() => SharedMemoryBlock.Attach(made[0]));
        using var again = SharedMemoryBlock.Create(8, made[0]);
    }

    [Fact]
    public void Maker_KilledWhileAnotherUsesIt_TakesNothingFromThat()
    {
        using var names = Mp.Queue<string>();
        using var child = InChild.Start(() =>
        {
            var block = SharedMemoryBlock.Create(4096);
            block.Buf.Fill(5);
            names.Put(block.Name);
            Thread.CurrentThread.Join();
        });
        using var here = SharedMemoryBlock.Attach(names.Get(InChild.Bound));
        child.KillAndJoin();
        using (var more = SharedMemoryBlock.Attach(here.Name))
        {
            more.Buf[7].ShouldBe((byte)5);
        }

        here.Buf[8].ShouldBe((byte)5);
        File.Exists(BlockFolder.PathOf(here.Name)).ShouldBeTrue();
        here.Dispose();
        File.Exists(BlockFolder.PathOf(here.Name)).ShouldBeFalse("its last user is gone");
    }

    [Fact]
    public void User_Killed_TakesNothingFromTheMaker()
    {
        // SM-17
        using var block = SharedMemoryBlock.Create(4096);
        using var ready = Mp.Event();
        for (int i = 0; i < 3; i++)
        {
            ready.Clear();
            using var child = InChild.Start(() =>
            {
                block.Buf[1]++;
                ready.Set();
                Thread.CurrentThread.Join();
            });
            ready.Wait(InChild.Bound).ShouldBeTrue("the child uses the block");
            child.KillAndJoin();
        }

        SharedMemoryBlock.Attach(block.Name).Dispose();
        block.Buf[1].ShouldBe((byte)3);
    }

    [Fact]
    public void Maker_EndsNormally_LeavesNothingAndPrintsNothing()
    {
        // SMM-03, RT-06
        using var names = Mp.Queue<string>();
        InChild.Run(() =>
        {
            var memory = new SharedMemoryManager().Start();
            names.Put(memory.SharedMemory(64).Name);
            names.Put(SharedMemoryBlock.Create(64).Name);
        });
        for (int i = 0; i < 2; i++)
        {
            string name = names.Get(InChild.Bound);
            Await.Until("the block is gone with its process", () => !File.Exists(BlockFolder.PathOf(name)));
        }
    }

    [Fact]
    public void Manager_Interrupted_GoesOn()
    {
        // SMM-03: it has no server that a Ctrl+C at the terminal could end.
        using var memory = new SharedMemoryManager().Start();
        var block = memory.SharedMemory(64);
        using var child = InChild.Start(() => Thread.CurrentThread.Join());
        Signals.Send(child.Pid!.Value, Signals.Interrupt);
        child.KillAndJoin();
        SharedMemoryBlock.Attach(block.Name).Dispose();
    }
}
