using System.Diagnostics;

namespace Multiproc.Benchmarks;

internal static class SynchronizationRows
{
    private const double HammerSeconds = 0.5;

    public static IReadOnlyList<Row> All { get; } =
    [
        new("lock_uncontended", "ns", Uncontended),
        new("lock_uncontended_with", "ns", UncontendedWith),
        new("lock_contended_2p", "pairs/s", Contended),
        new("rlock_uncontended", "ns", RecursiveUncontended),
        new("semaphore_uncontended", "ns", SemaphoreUncontended),
        new("event_is_set", "ns", EventIsSet),
        new("event_pingpong", "us", EventPingPong),
        new("condition_pingpong", "us", ConditionPingPong),
        new("barrier_2p", "us", BarrierOfTwo),
    ];

    private static double Uncontended()
    {
        using var gate = Mp.Lock();
        return Clock.Nanoseconds(3_000_000, count =>
        {
            for (int i = 0; i < count; i++)
            {
                gate.Acquire();
                gate.Release();
            }
        });
    }

    private static double UncontendedWith()
    {
        using var gate = Mp.Lock();
        return Clock.Nanoseconds(800_000, count =>
        {
            for (int i = 0; i < count; i++)
            {
                using (gate.Hold())
                {
                }
            }
        });
    }

    private static void Hammer(SharedLock gate, SharedArray<long> totals)
    {
        long pairs = 0;
        for (long begun = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begun).TotalSeconds < HammerSeconds; pairs += 100)
        {
            for (int i = 0; i < 100; i++)
            {
                gate.Acquire();
                gate.Release();
            }
        }

        using (totals.GetLock().Hold())
        {
            totals[0] += pairs;
        }
    }

    private static double Contended()
    {
        using var gate = Mp.Lock();
        using var totals = Mp.Array<long>(1);
        using (var children = new ChildGroup().Add(Hammer, gate, totals, members: 2))
        {
            children.Go();
        }

        return totals[0] / HammerSeconds;
    }

    private static double RecursiveUncontended()
    {
        using var gate = Mp.RLock();
        return Clock.Nanoseconds(2_000_000, count =>
        {
            for (int i = 0; i < count; i++)
            {
                gate.Acquire();
                gate.Release();
            }
        });
    }

    private static double SemaphoreUncontended()
    {
        using var permits = Mp.Semaphore(1);
        return Clock.Nanoseconds(2_000_000, count =>
        {
            for (int i = 0; i < count; i++)
            {
                permits.Acquire();
                permits.Release();
            }
        });
    }

    private static double EventIsSet()
    {
        using var flag = Mp.Event();
        int seen = 0;
        double time = Clock.Nanoseconds(3_000_000, count =>
        {
            for (int i = 0; i < count; i++)
            {
                seen += flag.IsSet ? 1 : 0;
            }
        });
        return seen == 0 ? time : throw new InvalidOperationException("The event was never set.");
    }

    private static void Reply((SharedEvent Ping, SharedEvent Pong) events, int count)
    {
        for (int i = 0; i < count; i++)
        {
            events.Ping.Wait();
            events.Ping.Clear();
            events.Pong.Set();
        }
    }

    private static double EventPingPong()
    {
        const int Count = 8_000;
        const int WarmUp = 30_000;
        using var ping = Mp.Event();
        using var pong = Mp.Event();
        using var children = new ChildGroup().Add(Reply, (ping, pong), Count + WarmUp);
        children.Go();
        RoundTrips(WarmUp);
        return Clock.Microseconds(Count, () => RoundTrips(Count));

        void RoundTrips(int count)
        {
            for (int i = 0; i < count; i++)
            {
                ping.Set();
                pong.Wait();
                pong.Clear();
            }
        }
    }

    private static void TakeTurns((SharedCondition Condition, SharedValue<int> Turn, int Mine) game, int count)
    {
        for (int i = 0; i < count; i++)
        {
            using (game.Condition.Hold())
            {
                while (game.Turn.Value != game.Mine)
                {
                    game.Condition.Wait();
                }

                game.Turn.Value = 1 - game.Mine;
                game.Condition.Notify();
            }
        }
    }

    private static double ConditionPingPong()
    {
        const int Count = 12_000;
        const int WarmUp = 20_000;
        using var condition = Mp.Condition();
        using var turn = Mp.RawValue(0);
        using var children = new ChildGroup().Add(TakeTurns, (condition, turn, 1), Count + WarmUp);
        children.Go();
        TakeTurns((condition, turn, 0), WarmUp);
        return Clock.Microseconds(Count, () =>
        {
            TakeTurns((condition, turn, 0), Count);
            using (condition.Hold())
            {
                while (turn.Value != 0)
                {
                    condition.Wait();
                }
            }
        });
    }

    private static void PassBarrier(SharedBarrier barrier, int count)
    {
        for (int i = 0; i < count; i++)
        {
            barrier.Wait();
        }
    }

    private static double BarrierOfTwo()
    {
        const int Count = 12_000;
        const int WarmUp = 30_000;
        using var barrier = Mp.Barrier(2);
        using var children = new ChildGroup().Add(PassBarrier, barrier, Count + WarmUp);
        children.Go();
        PassBarrier(barrier, WarmUp);
        return Clock.Microseconds(Count, () => PassBarrier(barrier, Count));
    }
}
