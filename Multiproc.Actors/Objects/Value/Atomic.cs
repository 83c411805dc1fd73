using System.Runtime.CompilerServices;

namespace Multiproc.Objects;

/// <summary>
/// Atomic changes of a number across processes. Blocks begin at multiples of 64 and elements follow each other without gaps, so each is aligned to its size.
/// </summary>
internal static unsafe class Atomic<T>
    where T : unmanaged
{
    public static T One =>
        typeof(T) == typeof(int) || typeof(T) == typeof(uint) ? Unsafe.BitCast<int, T>(1)
        : typeof(T) == typeof(long) || typeof(T) == typeof(ulong) ? Unsafe.BitCast<long, T>(1)
        : typeof(T) == typeof(double) ? Unsafe.BitCast<double, T>(1)
        : typeof(T) == typeof(float) ? Unsafe.BitCast<float, T>(1)
        : throw NotOneStep();

    public static T Add(T* address, T amount)
    {
        if (typeof(T) == typeof(int) || typeof(T) == typeof(uint))
        {
            return Unsafe.BitCast<int, T>(Interlocked.Add(ref *(int*)address, Unsafe.BitCast<T, int>(amount)));
        }

        if (typeof(T) == typeof(long) || typeof(T) == typeof(ulong))
        {
            return Unsafe.BitCast<long, T>(Interlocked.Add(ref *(long*)address, Unsafe.BitCast<T, long>(amount)));
        }

        if (typeof(T) == typeof(double))
        {
            while (true)
            {
                long before = Volatile.Read(ref *(long*)address);
                double after = BitConverter.Int64BitsToDouble(before) + Unsafe.BitCast<T, double>(amount);
                if (Interlocked.CompareExchange(ref *(long*)address, BitConverter.DoubleToInt64Bits(after), before) == before)
                {
                    return Unsafe.BitCast<double, T>(after);
                }
            }
        }

        if (typeof(T) == typeof(float))
        {
            while (true)
            {
                int before = Volatile.Read(ref *(int*)address);
                float after = BitConverter.Int32BitsToSingle(before) + Unsafe.BitCast<T, float>(amount);
                if (Interlocked.CompareExchange(ref *(int*)address, BitConverter.SingleToInt32Bits(after), before) == before)
                {
                    return Unsafe.BitCast<float, T>(after);
                }
            }
        }

        throw NotOneStep();
    }

    public static T Exchange(T* address, T value) => sizeof(T) switch
    {
        4 => Unsafe.BitCast<int, T>(Interlocked.Exchange(ref *(int*)address, Unsafe.BitCast<T, int>(value))),
        8 => Unsafe.BitCast<long, T>(Interlocked.Exchange(ref *(long*)address, Unsafe.BitCast<T, long>(value))),
        _ => throw NotOneStep(),
    };

    public static T CompareExchange(T* address, T value, T expected) => sizeof(T) switch
    {
        4 => Unsafe.BitCast<int, T>(Interlocked.CompareExchange(ref *(int*)address, Unsafe.BitCast<T, int>(value), Unsafe.BitCast<T, int>(expected))),
        8 => Unsafe.BitCast<long, T>(Interlocked.CompareExchange(ref *(long*)address, Unsafe.BitCast<T, long>(value), Unsafe.BitCast<T, long>(expected))),
        _ => throw NotOneStep(),
    };

    private static NotSupportedException NotOneStep() =>
        new($"A {typeof(T).Name} cannot be changed atomically: only numbers of 4 and 8 bytes can. Hold the lock around the change.");
}
