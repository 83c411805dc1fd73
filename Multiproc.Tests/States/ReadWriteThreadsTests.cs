using Multiproc.Objects.Countdowns;
using Multiproc.Objects.ReadWriteLocks;
using Multiproc.Objects.Semaphores;
using Multiproc.States;

namespace Multiproc.Tests.States;

/// <summary>
/// Real threads on the cell of a read-write lock and of a countdown, each as a process of its own: the fast path and the node meet at every moment.
/// </summary>
public sealed class ReadWriteThreadsTests
{
    private const int Threads = 4;
    private const int Rounds = 4000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ReadWriteLock_ManyThreads_AWriterIsAlone(bool someDie)
    {
        using var memory = new CellMemory(ReadWriteCell.Bytes);
        var cell = memory.ReadWrite;
        var node = new LiveNode(new ReadWriteState(cell));
        int reading = 0;
        int writing = 0;
        int born = Threads;
        LiveNode.Run(Threads, number =>
        {
            var random = new Random(number);
            int process = number + 1;
            int slot = Join(node, process);
            for (int i = 0; i < Rounds; i++)
            {
                bool writes = number == 0 || random.Next(20) == 0;
                if (writes)
                {
                    // Now and then without waiting: what is closed for that must be opened again.
                    var timeout = random.Next(2) == 0 ? WaitTimeout.Infinite : WaitTimeout.Zero;
                    if (node.Ask(process, new ReadWriteCommand.Acquire(LockSide.Write, 1, timeout)).Status != ReplyStatus.Ok)
                    {
                        continue;
                    }

                    Interlocked.Increment(ref writing).ShouldBe(1);
                    Volatile.Read(ref reading).ShouldBe(0);
                    cell.Readers.ShouldBe(0);
                    Interlocked.Decrement(ref writing);
                }
                else
                {
                    Read(node, cell, slot, process);
                    Interlocked.Increment(ref reading);
                    Volatile.Read(ref writing).ShouldBe(0);
                    Interlocked.Decrement(ref reading);
                }

                if (someDie && random.Next(20) == 0)
                {
                    node.Bury(process);
                    process = Interlocked.Increment(ref born);
                    slot = Join(node, process);
                }
                else if (writes)
                {
                    node.Ask(process, new ReadWriteCommand.Release(LockSide.Write, 1)).Status.ShouldBe(ReplyStatus.Ok);
                }
                else
                {
                    EndRead(node, cell, slot, process);
                }
            }
        });

        cell.Readers.ShouldBe(0);
        cell.IsWriteHeld.ShouldBeFalse();
        cell.IsAbandoned.ShouldBe(someDie);
        cell.TryRead(SemaphoreCell.NodeSlot, 1).ShouldBeTrue("the fast path is open in the end");
    }

    /// <summary>The node must close the cell before it counts the readers: else one comes in between.</summary>
    [Fact]
    public void Write_WhileAReaderComesAndGoesByTheCell_IsAlone()
    {
        const int Attempts = 200_000;
        using var memory = new CellMemory(ReadWriteCell.Bytes);
        var cell = memory.ReadWrite;
        var node = new LiveNode(new ReadWriteState(cell));
        int slot = Join(node, 1);
        bool ended = false;
        LiveNode.Run(2, number =>
        {
            while (number == 1 && !Volatile.Read(ref ended))
            {
                if (cell.TryRead(slot, 1))
                {
                    EndRead(node, cell, slot, 1);
                }
            }

            try
            {
                for (int i = 0; number == 0 && i < Attempts; i++)
                {
                    if (node.Ask(2, new ReadWriteCommand.Acquire(LockSide.Write, 1, WaitTimeout.Zero)).Status == ReplyStatus.Ok)
                    {
                        cell.Readers.ShouldBe(0);
                        node.Ask(2, new ReadWriteCommand.Release(LockSide.Write, 1)).Status.ShouldBe(ReplyStatus.Ok);
                    }
                }
            }
            finally
            {
                Volatile.Write(ref ended, true);
            }
        });
    }

    [Fact]
    public void GiveBack_ByThreadsOfOneProcess_NeverEndsTheHoldOfAnother()
    {
        using var memory = new CellMemory(ReadWriteCell.Bytes);
        var cell = memory.ReadWrite;
        cell.Initialize();
        int ended = 0;
        for (int i = 0; i < Rounds; i++)
        {
            // The other one holds all the time; this process once, and two of its threads end it.
            cell.TryRead(slot: 2, thread: 9).ShouldBeTrue();
            cell.TryRead(slot: 1, thread: 1).ShouldBeTrue();
        }

        LiveNode.Run(2, number =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                Interlocked.Add(ref ended, cell.EndRead(1, number) == PermitOutcome.NotHeld ? 0 : 1);
            }
        });
        ended.ShouldBe(Rounds);
        cell.Permits.Held(1).ShouldBe(0);
        cell.Permits.Held(2).ShouldBe(Rounds);
    }

    [Fact]
    public void Countdown_SignalledAndResetAgainAndAgain_NoWaiterIsForgotten()
    {
        using var memory = new CellMemory(CountdownCell.Bytes);
        var cell = memory.Countdown;
        var node = new LiveNode(new CountdownState(cell, 1));
        int waiting = Threads;
        LiveNode.Run(Threads + 1, number =>
        {
            if (number < Threads)
            {
                for (int i = 0; i < Rounds / 4; i++)
                {
                    node.Ask(number + 1, new CountdownCommand.Wait(null)).Status.ShouldBe(ReplyStatus.Ok);
                }

                Interlocked.Decrement(ref waiting);
                return;
            }

            while (Volatile.Read(ref waiting) > 0)
            {
                cell.Add(1);
                cell.Signal(1);
                if (cell.Signal(1) == SignalOutcome.NeedsNode)
                {
                    node.Tell(Threads + 1, CountdownCommand.Reached.Instance);
                }

                node.Ask(Threads + 1, new CountdownCommand.Reset(1)).Status.ShouldBe(ReplyStatus.Ok);
            }
        });

        waiting.ShouldBe(0);
    }

    private static void Read(LiveNode node, ReadWriteCell cell, int slot, int process)
    {
        if (!cell.TryRead(slot, 1))
        {
            node.Ask(process, new ReadWriteCommand.Acquire(LockSide.Read, 1, WaitTimeout.Infinite)).Status.ShouldBe(ReplyStatus.Ok);
        }
    }

    private static void EndRead(LiveNode node, ReadWriteCell cell, int slot, int process)
    {
        var outcome = cell.EndRead(slot, 1);
        outcome.ShouldNotBe(PermitOutcome.NotHeld);
        if (outcome == PermitOutcome.NeedsNode)
        {
            node.Tell(process, ReadWriteCommand.ReaderLeft.Instance);
        }
    }

    private static int Join(LiveNode node, int process) => (int)node.Ask(process, ReadWriteCommand.Join.Instance).Number;
}
