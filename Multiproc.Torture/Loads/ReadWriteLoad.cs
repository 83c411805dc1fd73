using Multiproc.Torture.Crews;
using Multiproc.Torture.Oracles;

namespace Multiproc.Torture.Loads;

/// <summary>
/// A read-write lock around counters: readers, writers, upgrades, and writers that hold a plain lock and a permit as well. No writer is beside anybody, no
/// count is lost, and what was held together is released together.
/// </summary>
internal sealed class ReadWriteLoad(LoadSettings settings) : CrewLoad("rwlocks", settings)
{
    private Objects? _shared;

    public override void Dispose()
    {
        base.Dispose();
        _shared?.Dispose();
    }

    protected override void MakeObjects() => _shared = new Objects(
        Mp.ReadWriteLock(), ReadWritePair.Make(Settings.Crew), Mp.Lock(), GuardedPair.Make(Settings.Crew), Mp.BoundedSemaphore());

    protected override ChildProcess MakeProcess(Seat seat, ProcessOptions options) =>
        Mp.GetContext(StartMethod.ForkServer).Process(Work, seat, _shared!, options: options);

    protected override void Died(int seat) => _shared!.Pair.Readers.Exchange(seat, 0);

    protected override void Judge()
    {
        var (gate, other, permits) = (_shared!.Gate, _shared.Other, _shared.Permits);
        try
        {
            Mp.AcquireAll([permits, gate.WriteSide, other], Limits.Bound).Dispose();
        }
        catch (MultiprocTimeoutException late)
        {
            Tally.Hang($"a lock whose users are all dead: {late.Message}");
        }

        if (gate.CurrentReadCount != 0)
        {
            Tally.Lose(gate.CurrentReadCount, $"{gate} has {gate.CurrentReadCount} readers, and all are dead");
        }

        _shared.Pair.Judge("a read-write lock", Deaths, Tally);
        _shared.OtherPair.Judge("a lock that is held with others", Deaths, Tally);
    }

    private static void Work(Seat seat, Objects shared) => seat.Work(random =>
    {
        var (gate, pair) = (shared.Gate, shared.Pair);
        switch (random.Next(8))
        {
            case 0:
                Together(seat, shared, random);
                break;
            case 1:
                Limits.Came(gate.AcquireWrite(Limits.Bound), gate);
                Write(seat, shared, random, gate.ReleaseWrite);
                break;
            case 2:
                if (gate.AcquireWrite(TimeSpan.FromMicroseconds(random.Next(3000))))
                {
                    Write(seat, shared, random, gate.ReleaseWrite);
                }

                break;
            case 3:
                Upgrade(seat, shared, random);
                break;
            case 4:
                if (gate.AcquireRead(TimeSpan.FromMicroseconds(random.Next(3000))))
                {
                    pair.Read(seat, gate, random);
                    gate.ReleaseRead();
                }

                break;
            case 5:
                Limits.Came(gate.AcquireReadAsync(Limits.Bound).AsTask().GetAwaiter().GetResult(), gate);
                pair.Read(seat, gate, random);
                gate.ReleaseRead();
                break;
            default:
                Limits.Came(gate.AcquireRead(Limits.Bound), gate);
                pair.Read(seat, gate, random);
                gate.ReleaseRead();
                break;
        }
    });

    private static void Write(Seat seat, Objects shared, Random random, Action release)
    {
        shared.Pair.Write(seat, shared.Gate, random);
        release();
        shared.Pair.Left(seat);
    }

    private static void Upgrade(Seat seat, Objects shared, Random random)
    {
        var gate = shared.Gate;
        Limits.Came(gate.AcquireUpgradeableRead(Limits.Bound), gate);
        if (gate.Upgrade(TimeSpan.FromMilliseconds(random.Next(20))))
        {
            Write(seat, shared, random, gate.ReleaseUpgradeableRead);
        }
        else
        {
            gate.ReleaseUpgradeableRead();
        }
    }

    private static void Together(Seat seat, Objects shared, Random random)
    {
        IAcquirable[] all = [shared.Gate.WriteSide, shared.Other, shared.Permits];
        random.Shuffle(all);
        using (Mp.AcquireAll(all, Limits.Bound))
        {
            shared.Pair.Write(seat, shared.Gate, random);
            shared.OtherPair.Use(seat, SoleHold.Of(shared.Other), random);
        }

        shared.Pair.Left(seat);
        shared.OtherPair.Left(seat);
    }

    private sealed record Objects(
        SharedReadWriteLock Gate, ReadWritePair Pair, SharedLock Other, GuardedPair OtherPair, SharedBoundedSemaphore Permits) : IDisposable
    {
        public void Dispose()
        {
            Gate.Dispose();
            Pair.Dispose();
            Other.Dispose();
            OtherPair.Dispose();
            Permits.Dispose();
        }
    }
}
