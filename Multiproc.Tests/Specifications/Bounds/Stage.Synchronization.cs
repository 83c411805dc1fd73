namespace Multiproc.Tests.Specifications.Bounds;

/// <content>What synchronizes.</content>
public sealed partial class Stage
{
    /// <summary>One that is not ready is held by a thread that has ended: not by the one that asks.</summary>
    private static Subject Lock(SharedLockBase gate, bool ready, string variant)
    {
        if (!ready)
        {
            var holder = new Thread(() => gate.Acquire());
            holder.Start();
            holder.Join();
        }

        return new Subject(gate, variant)
        {
            Owned = [gate],
            Untouched = () =>
            {
                gate.Acquire(TimeSpan.Zero).ShouldBe(ready);
                if (ready)
                {
                    gate.Release();
                }
            },
        };
    }

    private static Subject Semaphore(SharedSemaphoreBase permits, string variant)
    {
        int value = permits.Value;
        return new Subject(permits, variant) { Owned = [permits], Untouched = () => permits.Value.ShouldBe(value) };
    }

    private static Subject Event(SharedEvent flag, bool ready, string variant)
    {
        if (ready)
        {
            flag.Set();
        }

        return new Subject(flag, variant) { Owned = [flag] };
    }

    private static Subject Barrier(SharedBarrier barrier, string variant) => new(barrier, variant)
    {
        Owned = [barrier],
        Untouched = () =>
        {
            barrier.Broken.ShouldBeFalse();
            barrier.Waiting.ShouldBe(0);
        },
    };

    private static Subject Condition(SharedCondition condition, string name, bool ready, string variant)
    {
        bool waits = name.StartsWith("Wait", StringComparison.Ordinal);
        if (!waits && !ready)
        {
            condition.Acquire();
        }

        return new Subject(condition, variant)
        {
            Owned = [condition],
            Before = waits ? () => condition.Acquire() : null,
            Arguments = { ["predicate"] = (Func<bool>)(() => ready) },

            // A wait that gave up holds the lock again; any thread may release this one.
            Untouched = waits ? condition.Release : ready ? () => TakenAndGivenBack(condition) : null,
        };
    }

    private static void TakenAndGivenBack(SharedCondition condition)
    {
        condition.Acquire(TimeSpan.Zero).ShouldBeTrue("nobody took it");
        condition.Release();
    }

    private static Subject Value(SynchronizedObject value) => new(value, value.GetType().Name)
    {
        Owned = [value],
        Untouched = () =>
        {
            value.GetLock().Acquire(TimeSpan.Zero).ShouldBeTrue("nobody took its lock");
            value.GetLock().Release();
        },
    };
}
