using System.Diagnostics;

namespace Multiproc.Transport;

/// <summary>
/// Calls back once, at a given time, on a thread that the alarms of this process share. Timers of .NET call back on the thread pool, whose threads may all be
/// blocked, even in the very calls whose time is up; an alarm rings all the same. What it calls must be short and must not block.
/// </summary>
internal sealed class Alarm : IDisposable
{
    /// <summary>The longest single sleep; the clock looks again then.</summary>
    private static readonly TimeSpan s_longestSleep = TimeSpan.FromDays(1);

    private static readonly SortedSet<Alarm> s_set = new(
        Comparer<Alarm>.Create(static (one, other) => (one._at, one._number).CompareTo((other._at, other._number))));
    private static readonly object s_gate = new();
    private static long s_last;
    private static bool s_runs;

    private readonly Action _ring;
    private readonly long _at;
    private readonly long _number;
    private Timer? _substitute;

    private Alarm(long at, long number, Action ring)
    {
        _at = at;
        _number = number;
        _ring = ring;
    }

    /// <summary>Sets an alarm. It rings when the time has passed, up to a millisecond later.</summary>
    public static Alarm In(TimeSpan delay, Action ring)
    {
        lock (s_gate)
        {
            var alarm = new Alarm(Stopwatch.GetTimestamp() + (long)Math.Min(delay.TotalSeconds * Stopwatch.Frequency, long.MaxValue / 2), ++s_last, ring);
            s_set.Add(alarm);
            if (!TryRun())
            {
                alarm._substitute = new Timer(static late => ((Alarm)late!).RingLate(), alarm, alarm.Remaining, Timeout.InfiniteTimeSpan);
            }
            else if (ReferenceEquals(s_set.Min, alarm))
            {
                Monitor.Pulse(s_gate);
            }

            return alarm;
        }
    }

    /// <summary>Stops the alarm, unless it rings already.</summary>
    public void Dispose()
    {
        lock (s_gate)
        {
            s_set.Remove(this);
            _substitute?.Dispose();
        }
    }

    /// <summary>In whole milliseconds, rounded up: a monitor knows no parts of them.</summary>
    private TimeSpan Remaining =>
        TimeSpan.FromMilliseconds(
            Math.Clamp(Math.Ceiling((_at - Stopwatch.GetTimestamp()) * 1000.0 / Stopwatch.Frequency), 0, s_longestSleep.TotalMilliseconds));

    private static bool TryRun()
    {
        if (!s_runs)
        {
            try
            {
                SharedMemory.OwnThread.Start(Run, "multiproc alarms", 256 * 1024);
                s_runs = true;
            }
            catch (MultiprocException)
            {
                // No thread is to be had now: the thread pool, which has some, rings this alarm. The next one tries again.
            }
        }

        return s_runs;
    }

    private static void Run()
    {
        while (true)
        {
            AwaitNext()._ring();
        }
    }

    private static Alarm AwaitNext()
    {
        lock (s_gate)
        {
            while (true)
            {
                var next = s_set.Min;
                if (next is not null && next.Remaining == TimeSpan.Zero)
                {
                    s_set.Remove(next);
                    return next;
                }

                Monitor.Wait(s_gate, next?.Remaining ?? Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void RingLate()
    {
        lock (s_gate)
        {
            if (!s_set.Remove(this))
            {
                return;
            }
        }

        _ring();
    }
}
