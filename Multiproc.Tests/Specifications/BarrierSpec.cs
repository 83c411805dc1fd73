using Multiproc.Tests.Support;

namespace Multiproc.Tests.Specifications;

/// <summary>What a barrier does, wherever its other parties are. Numbers are those of the conformance list.</summary>
/// <typeparam name="THost">Where they are.</typeparam>
public abstract partial class BarrierSpec<THost> : Spec<THost>
    where THost : SpecHost, new()
{
    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    public void Wait_Rounds_NobodyIsAhead(int rounds)
    {
        // B-01
        using var barrier = _host.Barrier(4);
        using var counts = Mp.RawValue(0L);
        Play(2, 2, barrier, () =>
        {
            for (int round = 1; round <= rounds; round++)
            {
                counts.Increment();
                barrier.Wait();
                counts.Value.ShouldBe(4 * round, "all have come, and nobody has begun the next round");
                barrier.Wait();
            }
        });
        barrier.Waiting.ShouldBe(0);
        barrier.Broken.ShouldBeFalse();
    }

    [Fact]
    public void Wait_Indices_AreAllDifferent()
    {
        // B-02
        using var barrier = _host.Barrier(4);
        using var indices = Mp.Queue<int>();
        Play(2, 2, barrier, () => indices.Put(barrier.Wait()));
        int[] all = [indices.Get(InChild.Bound), indices.Get(InChild.Bound), indices.Get(InChild.Bound), indices.Get(InChild.Bound)];
        all.Order().ShouldBe([0, 1, 2, 3]);
    }

    [Fact]
    public void Wait_WithAction_ItIsRunOncePerRoundBeforeAnybodyGoesOn()
    {
        // B-03
        using var runs = Mp.RawValue(0L);
        using var barrier = _host.Barrier(3, action: () => runs.Increment());
        Play(1, 2, barrier, () =>
        {
            for (int round = 1; round <= 20; round++)
            {
                barrier.Wait();
                runs.Value.ShouldBe(round);
                barrier.Wait(InChild.Bound);
                runs.Value.ShouldBe(++round);
            }
        });
        runs.Value.ShouldBe(20);
    }

    [Fact]
    public void Wait_OfOneParty_NeverBlocks()
    {
        // B-09
        using var runs = Mp.RawValue(0L);
        using var barrier = _host.Barrier(1, () => runs.Increment(), s_short);
        _host.Run(() =>
        {
            barrier.Wait().ShouldBe(0);
            barrier.Wait(TimeSpan.Zero).ShouldBe(0);
            barrier.Waiting.ShouldBe(0);
        });
        runs.Value.ShouldBe(2);
    }

    [Fact]
    public void Wait_ThousandRoundsOfFive_StayInStep()
    {
        // B-10
        const int Rounds = 1000;
        using var barrier = _host.Barrier(5);
        using var next = Mp.RawValue(0L);
        using var log = Mp.RawArray<int>(5 * Rounds);
        Play(2, 3, barrier, () =>
        {
            for (int round = 0; round < Rounds; round++)
            {
                barrier.Wait();
                log[(int)next.Increment() - 1] = round;
            }
        });
        log.Span.ToArray().ShouldBe(Enumerable.Range(0, 5 * Rounds).Select(static i => i / 5));
    }

    [Fact]
    public void WaitAsync_Rounds_DoTheSame()
    {
        using var runs = Mp.RawValue(0L);
        using var barrier = _host.Barrier(3, () => runs.Increment());
        Play(1, 2, barrier, () =>
        {
            for (int round = 1; round <= 20; round++)
            {
                barrier.WaitAsync().AsTask().GetAwaiter().GetResult().ShouldBeInRange(0, 2);
                runs.Value.ShouldBeInRange(round, round + 1);
            }
        });
        _host.Run(() =>
        {
            Should.Throw<BrokenBarrierException>(() => barrier.WaitAsync(s_short).AsTask().GetAwaiter().GetResult());
            Should.Throw<BrokenBarrierException>(() => barrier.WaitAsync().AsTask().GetAwaiter().GetResult());
        });
        runs.Value.ShouldBe(20);
    }

    [Fact]
    public void Barrier_OfNoParties_IsRefused()
    {
        // B-13
        Should.Throw<ArgumentOutOfRangeException>(() => _host.Barrier(0));
        Should.Throw<ArgumentOutOfRangeException>(() => _host.Barrier(-1));
    }

    [Fact]
    public void Action_UsesTheBarrierItself_ButMustNotWaitThere()
    {
        using var seen = Mp.Queue<string>();
        SharedBarrier? barrier = null;
        barrier = _host.Barrier(2, () =>
        {
            seen.Put($"{barrier!.Parties} parties, {barrier.Waiting} wait");
            seen.Put(Should.Throw<InvalidOperationException>(() => barrier.Wait()).Message);
        });
        using (barrier)
        {
            Play(1, 1, barrier, () => barrier.Wait(InChild.Bound));
        }

        seen.Get(InChild.Bound).ShouldBe("2 parties, 2 wait");
        seen.Get(InChild.Bound).ShouldContain("own action");
    }

    /// <summary>Runs the body on threads here and there, and waits for all.</summary>
    private void Play(int here, int there, SharedBarrier barrier, Action body)
    {
        var ours = OwnThread.Run(() => Together(here, barrier, body));
        _host.Run(() => Together(there, barrier, body));
        ours.WaitAsync(InChild.Bound).GetAwaiter().GetResult();
    }

    /// <summary>A failure breaks the barrier, so that the others end as well.</summary>
    private static void Together(int parties, SharedBarrier barrier, Action body)
    {
        var failures = new System.Collections.Concurrent.ConcurrentQueue<Exception>();
        var threads = Enumerable.Range(0, parties).Select(_ => new Thread(() =>
        {
            try
            {
                body();
            }
            catch (Exception failure)
            {
                failures.Enqueue(failure);
                barrier.Abort();
            }
        })).ToArray();
        foreach (var thread in threads)
        {
            thread.Start();
        }

        foreach (var thread in threads)
        {
            thread.Join(InChild.Bound).ShouldBeTrue("a party ends");
        }

        failures.ShouldBeEmpty();
    }

    /// <summary>The index, or -1 when it was broken.</summary>
    private static int TryWait(SharedBarrier barrier)
    {
        try
        {
            return barrier.Wait();
        }
        catch (BrokenBarrierException)
        {
            return -1;
        }
    }

    private static void AwaitWaiting(SharedBarrier barrier, int parties)
    {
        long begun = System.Diagnostics.Stopwatch.GetTimestamp();
        while (barrier.Waiting < parties)
        {
            System.Diagnostics.Stopwatch.GetElapsedTime(begun).ShouldBeLessThan(InChild.Bound, $"{parties} parties wait");
            Thread.Yield();
        }
    }
}

public sealed class BarrierInProcess : BarrierSpec<InProcessHost>;

public sealed class BarrierInChild : BarrierSpec<ChildHost>
{
    [Fact]
    public void Wait_PartiesInTwoChildrenOfAnIdleNode_Pass()
    {
        // No thread here waits for messages until the children have ended: only the last arrival of each round wakes this process.
        using var barrier = Mp.Barrier(2);
        using var rounds = Mp.RawValue(0L);
        ChildProcess[] children = [InChild.Start(() => Pass(barrier, rounds)), InChild.Start(() => Pass(barrier, rounds))];
        foreach (var child in children)
        {
            child.Exited.Wait(InChild.Bound).ShouldBeTrue("the child has passed all rounds");
            child.Dispose();
        }

        rounds.Value.ShouldBe(400);

        static void Pass(SharedBarrier barrier, SharedValue<long> rounds)
        {
            for (int i = 0; i < 200; i++)
            {
                barrier.Wait();
                rounds.Increment();
            }
        }
    }
}

public sealed class BarrierInManager : BarrierSpec<ManagerHost>;
