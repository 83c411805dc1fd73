using Multiproc.Torture.Crews;
using Multiproc.Torture.Measuring;
using Multiproc.Torture.Oracles;

namespace Multiproc.Torture.Loads;

/// <summary>A lock and an rlock around counters in mapped memory. Nobody is inside beside a living holder, and no count is lost.</summary>
internal sealed class LockLoad(LoadSettings settings) : CrewLoad("locks", settings)
{
    private Objects? _shared;

    public override void Dispose()
    {
        base.Dispose();
        _shared?.Dispose();
    }

    protected override void MakeObjects() => _shared = new Objects(Mp.Lock(), GuardedPair.Make(Settings.Crew), Mp.RLock(), GuardedPair.Make(Settings.Crew));

    protected override ChildProcess MakeProcess(Seat seat, ProcessOptions options) =>
        Mp.GetContext(StartMethod.ForkServer).Process(Work, seat, _shared!, options: options);

    protected override void Judge()
    {
        foreach (SharedLockBase gate in new SharedLockBase[] { _shared!.Gate, _shared.Nested })
        {
            if (!gate.Acquire(Limits.Bound))
            {
                Tally.Hang($"{gate}, whose users are all dead, does not come");
                continue;
            }

            gate.Release();
        }

        _shared.Pair.Judge("a lock", Deaths, Tally);
        _shared.NestedPair.Judge("an rlock", Deaths, Tally);
    }

    private static void Work(Seat seat, Objects shared) => seat.Work(random =>
    {
        if (random.Next(3) == 0)
        {
            Limits.Came(shared.Nested.Acquire(Limits.Bound), shared.Nested);
            Limits.Came(shared.Nested.Acquire(Limits.Bound), shared.Nested);
            shared.NestedPair.Use(seat, SoleHold.Of(shared.Nested), random);
            shared.Nested.Release();
            shared.Nested.Release();
            shared.NestedPair.Left(seat);
            return;
        }

        bool isHeld = random.Next(4) switch
        {
            0 => shared.Gate.TryAcquire(),
            1 => shared.Gate.Acquire(TimeSpan.FromMicroseconds(random.Next(3000))),
            2 => Limits.Came(shared.Gate.AcquireAsync(Limits.Bound).AsTask().GetAwaiter().GetResult(), shared.Gate),
            _ => Limits.Came(shared.Gate.Acquire(Limits.Bound), shared.Gate),
        };
        if (isHeld)
        {
            shared.Pair.Use(seat, SoleHold.Of(shared.Gate), random);
            shared.Gate.Release();
            shared.Pair.Left(seat);
        }
    });

    private sealed record Objects(SharedLock Gate, GuardedPair Pair, SharedRLock Nested, GuardedPair NestedPair) : IDisposable
    {
        public void Dispose()
        {
            Gate.Dispose();
            Pair.Dispose();
            Nested.Dispose();
            NestedPair.Dispose();
        }
    }
}
