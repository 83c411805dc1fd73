using Multiproc.Objects.Events;
using Multiproc.Objects.Locks;
using Multiproc.Objects.Semaphores;
using Multiproc.States;

namespace Multiproc.Tests.States;

/// <summary>Real threads on the mapped cells, each as a process of its own: the fast path and the node meet at every moment.</summary>
public sealed class CellThreadsTests
{
    private const int Threads = 4;
    private const int Rounds = 3000;

    [Fact]
    public void Lock_ManyThreads_OneHolderAtATime()
    {
        using var memory = new CellMemory(LockCell.Bytes);
        var cell = memory.Lock;
        var node = new LiveNode(new LockState(cell));
        int inside = 0;
        long total = 0;
        LiveNode.Run(Threads, number =>
        {
            int process = number + 1;
            for (int i = 0; i < Rounds; i++)
            {
                Acquire(node, cell, process);
                Interlocked.Increment(ref inside).ShouldBe(1);
                total++;
                Interlocked.Decrement(ref inside);
                Release(node, cell, process);
            }
        });

        total.ShouldBe(Threads * Rounds);
        cell.Fence.ShouldBe(total);
        cell.TryAcquire(1, 1).ShouldBeTrue();
    }

    [Fact]
    public void Lock_HoldersDie_TheOthersGoOn()
    {
        using var memory = new CellMemory(LockCell.Bytes);
        var cell = memory.Lock;
        var node = new LiveNode(new LockState(cell));
        int inside = 0;
        int born = Threads;
        LiveNode.Run(Threads, number =>
        {
            var random = new Random(number);
            int process = number + 1;
            for (int i = 0; i < Rounds / 2; i++)
            {
                Acquire(node, cell, process);
                Interlocked.Increment(ref inside).ShouldBe(1);
                Interlocked.Decrement(ref inside);
                switch (random.Next(20))
                {
                    case 0:
                        node.Bury(process);
                        process = Interlocked.Increment(ref born);
                        break;
                    case 1:
                        // Dies between its release and the message about it.
                        cell.TryRelease();
                        node.Bury(process);
                        process = Interlocked.Increment(ref born);
                        break;
                    default:
                        Release(node, cell, process);
                        break;
                }
            }
        });

        cell.IsHeld.ShouldBeFalse();
        cell.IsAbandoned.ShouldBeTrue();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Semaphore_ManyThreadsSomeDie_PermitsAreConserved(int permits)
    {
        using var memory = new CellMemory(SemaphoreCell.Bytes);
        var cell = memory.Semaphore;
        var node = new LiveNode(new SemaphoreState(cell, permits, SemaphoreCell.MaxCount));
        int inside = 0;
        int born = Threads;
        LiveNode.Run(Threads, number =>
        {
            var random = new Random(number);
            int process = number + 1;
            int slot = Join(node, process);
            for (int i = 0; i < Rounds; i++)
            {
                if (!cell.TryTake(slot))
                {
                    node.Ask(process, new SemaphoreCommand.Acquire(null));
                }

                Interlocked.Increment(ref inside).ShouldBeLessThanOrEqualTo(permits);
                Interlocked.Decrement(ref inside);
                bool dies = random.Next(20) == 0;
                if (!dies && cell.Give(slot, permits) == PermitOutcome.NeedsNode)
                {
                    node.Tell(process, SemaphoreCommand.Grant.Instance);
                }
                else if (dies)
                {
                    node.Bury(process);
                    process = Interlocked.Increment(ref born);
                    slot = Join(node, process);
                }
            }
        });

        cell.Count.ShouldBe(permits);
        Enumerable.Range(0, SemaphoreCell.Slots).ShouldAllBe(slot => cell.Held(slot) == 0);
    }

    [Fact]
    public void Event_SetAndClearedAgainAndAgain_NoWaiterIsForgotten()
    {
        using var memory = new CellMemory(EventCell.Bytes);
        var cell = memory.Event;
        var node = new LiveNode(new EventState(cell));
        int waiting = Threads;
        LiveNode.Run(Threads + 1, number =>
        {
            if (number < Threads)
            {
                for (int i = 0; i < Rounds / 2; i++)
                {
                    node.Ask(number + 1, new EventCommand.Wait(null)).Status.ShouldBe(ReplyStatus.Ok);
                }

                Interlocked.Decrement(ref waiting);
                return;
            }

            while (Volatile.Read(ref waiting) > 0)
            {
                if (cell.Set())
                {
                    node.Tell(Threads + 1, EventCommand.Call.Instance);
                }

                cell.Clear();
            }
        });

        waiting.ShouldBe(0);
    }

    private static void Acquire(LiveNode node, LockCell cell, int process)
    {
        if (!cell.TryAcquire(process, 1))
        {
            node.Ask(process, new LockCommand.Acquire(1, null)).Status.ShouldBe(ReplyStatus.Ok);
        }
    }

    private static void Release(LiveNode node, LockCell cell, int process)
    {
        var outcome = cell.TryRelease();
        outcome.ShouldNotBe(ReleaseOutcome.NotHeld);
        if (outcome == ReleaseOutcome.NeedsNode)
        {
            node.Tell(process, LockCommand.HandOver.Instance);
        }
    }

    private static int Join(LiveNode node, int process) => (int)node.Ask(process, SemaphoreCommand.Join.Instance).Number;
}
