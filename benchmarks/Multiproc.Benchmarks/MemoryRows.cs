using System.Diagnostics;

namespace Multiproc.Benchmarks;

internal static class MemoryRows
{
    private const double HammerSeconds = 0.5;

    public static IReadOnlyList<Row> All { get; } =
    [
        new("value_get", "ns", Get),
        new("value_locked_increment", "ns", LockedIncrement),
        new("value_locked_increment_2p", "ops/s", LockedIncrementTwo),
        new("rawvalue_increment", "ns", RawIncrement),
        new("array_index_get", "ns", ArrayGet),
        new("array_index_set", "ns", ArraySet),
    ];

    private static double Get()
    {
        using var value = Mp.Value(1L);
        long sum = 0;
        double time = Clock.Nanoseconds(10_000_000, count =>
        {
            for (int i = 0; i < count; i++)
            {
                sum += value.Value;
            }
        });
        return sum > 0 ? time : throw new InvalidOperationException("The value was lost.");
    }

    private static double LockedIncrement()
    {
        using var value = Mp.Value(0L);
        return Clock.Nanoseconds(1_000_000, count =>
        {
            for (int i = 0; i < count; i++)
            {
                using (value.GetLock().Hold())
                {
                    value.Value += 1;
                }
            }
        });
    }

    private static void Hammer(SharedValue<long> value, SharedValue<long> total)
    {
        long increments = 0;
        for (long begun = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begun).TotalSeconds < HammerSeconds; increments += 100)
        {
            for (int i = 0; i < 100; i++)
            {
                using (value.GetLock().Hold())
                {
                    value.Value += 1;
                }
            }
        }

        total.Add(increments);
    }

    private static double LockedIncrementTwo()
    {
        using var value = Mp.Value(0L);
        using var total = Mp.Value(0L);
        using (var children = new ChildGroup().Add(Hammer, value, total, members: 2))
        {
            children.Go();
        }

        return value.Value == total.Value
            ? total.Value / HammerSeconds
            : throw new InvalidOperationException($"Increments were lost: {total.Value} made, {value.Value} counted.");
    }

    private static double RawIncrement()
    {
        using var value = Mp.RawValue(0L);
        return Clock.Nanoseconds(10_000_000, count =>
        {
            for (int i = 0; i < count; i++)
            {
                value.Value += 1;
            }
        });
    }

    private static double ArrayGet()
    {
        using var array = Mp.Array<double>(1000);
        array[500] = 1;
        long seen = 0;
        double time = Clock.Nanoseconds(10_000_000, count =>
        {
            // The values are added as integers: a sum of doubles would cost more than the reads, since no register keeps it across the loop.
            long bits = 0;
            for (int i = 0; i < count; i++)
            {
                bits |= BitConverter.DoubleToInt64Bits(array[500]);
            }

            seen = bits;
        });
        return seen == BitConverter.DoubleToInt64Bits(1) ? time : throw new InvalidOperationException("The element was lost.");
    }

    private static double ArraySet()
    {
        using var array = Mp.Array<double>(1000);
        return Clock.Nanoseconds(10_000_000, count =>
        {
            for (int i = 0; i < count; i++)
            {
                array[500] = 1.5;
            }
        });
    }
}
