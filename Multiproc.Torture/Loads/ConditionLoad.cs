using System.Diagnostics;
using Multiproc.Torture.Crews;
using Multiproc.Torture.Measuring;

namespace Multiproc.Torture.Loads;

/// <summary>
/// A condition over a count of things: this process adds some and notifies as many waiters, the others take one each. While a process lives that waits, what
/// was added is taken: a notification is never lost, not even one whose receiver died.
/// </summary>
internal sealed class ConditionLoad(LoadSettings settings) : CrewLoad("conditions", settings)
{
    private Objects? _shared;

    public override void Dispose()
    {
        base.Dispose();
        _shared?.Dispose();
    }

    protected override void MakeObjects()
    {
        var gate = Mp.Lock();
        _shared = new Objects(gate, Mp.Condition(gate), Mp.RawValue(0L), Mp.RawValue(0L));
    }

    protected override ChildProcess MakeProcess(Seat seat, ProcessOptions options) =>
        Mp.GetContext(StartMethod.ForkServer).Process(Work, seat, _shared!, options: options);

    protected override void OwnTurn()
    {
        int added = Choices.Next(1, Settings.Crew + 1);
        if (!_shared!.Condition.Acquire(Limits.Bound))
        {
            Tally.Hang("the lock of a condition");
            return;
        }

        _shared.Repair();
        _shared.Added.Value += added;
        _shared.Condition.Notify(added);
        _shared.Condition.Release();
        for (long since = Stopwatch.GetTimestamp(); Interlocked.Read(ref _shared.Taken.GetObj()) < _shared.Added.Value;)
        {
            // Meanwhile those who should take it may have died.
            Crew.Refill(Died);
            Thread.CurrentThread.Join(1);
            if (Stopwatch.GetElapsedTime(since) > Limits.Bound)
            {
                Tally.Hang($"{_shared.Added.Value - _shared.Taken.Value} things are not taken: a notification was lost");
                return;
            }
        }
    }

    protected override void Judge()
    {
        if (!_shared!.Condition.Acquire(Limits.Bound))
        {
            Tally.Hang("the lock of a condition, whose users are all dead");
            return;
        }

        if (_shared.Taken.Value > _shared.Added.Value)
        {
            Tally.Double(_shared.Taken.Value - _shared.Added.Value, "things were taken that were not there");
        }

        _shared.Condition.Release();
    }

    private static void Work(Seat seat, Objects shared) => seat.Work(random =>
    {
        Limits.Came(shared.Condition.Acquire(Limits.Bound), "The lock of a condition");
        shared.Repair();
        while (shared.Taken.Value >= shared.Added.Value)
        {
            // As a program would that also does something else now and then; others wait on.
            bool isNotified = shared.Condition.Wait(random.Next(8) == 0 ? TimeSpan.FromMilliseconds(random.Next(50)) : Limits.Bound);
            shared.Repair();
            if (!isNotified)
            {
                shared.Condition.Release();
                return;
            }
        }

        shared.Taken.Value++;
        shared.Condition.Release();
    });

    private sealed record Objects(SharedLock Gate, SharedCondition Condition, SharedValue<long> Added, SharedValue<long> Taken) : IDisposable
    {
        /// <summary>Each change is one write, so nothing is torn: a death under the lock leaves only its mark.</summary>
        public void Repair()
        {
            if (Gate.Abandoned)
            {
                Gate.MarkConsistent();
            }
        }

        public void Dispose()
        {
            Condition.Dispose();
            Gate.Dispose();
            Added.Dispose();
            Taken.Dispose();
        }
    }
}
