using System.Runtime.CompilerServices;
using Multiproc.Interleavings.Stepping;

namespace Multiproc.Interleavings.Stepping
{
    /// <summary>The atomic accesses of the product's code, each one step.</summary>
    internal static unsafe class Atomics
    {
        public static T Read<T>(ref readonly T location)
            where T : unmanaged => Stepper.Current.On(ref Unsafe.AsRef(in location), static (memory, at) => Unsafe.ReadUnaligned<T>(ref memory[at]));

        public static void Write<T>(ref T location, T value)
            where T : unmanaged => Change(ref location, _ => value);

        public static T CompareExchange<T>(ref T location, T value, T comparand)
            where T : unmanaged, IEquatable<T> => Change(ref location, former => former.Equals(comparand) ? value : former);

        /// <returns>The former value.</returns>
        public static T Change<T>(ref T location, Func<T, T> change)
            where T : unmanaged => Stepper.Current.On(ref location, (memory, at) =>
            {
                var former = Unsafe.ReadUnaligned<T>(ref memory[at]);
                Unsafe.WriteUnaligned(ref memory[at], change(former));
                return former;
            });
    }
}

namespace Multiproc.Objects
{
    /// <summary>Stands for the framework's class in the product's code.</summary>
    internal static class Volatile
    {
        public static T Read<T>(ref readonly T location)
            where T : unmanaged => Atomics.Read(in location);

        public static void Write<T>(ref T location, T value)
            where T : unmanaged => Atomics.Write(ref location, value);
    }

    /// <summary>Stands for the framework's class in the product's code.</summary>
    internal static class Interlocked
    {
        public static long CompareExchange(ref long location, long value, long comparand) => Atomics.CompareExchange(ref location, value, comparand);

        public static int CompareExchange(ref int location, int value, int comparand) => Atomics.CompareExchange(ref location, value, comparand);

        public static long Exchange(ref long location, long value) => Atomics.Change(ref location, _ => value);

        public static int Exchange(ref int location, int value) => Atomics.Change(ref location, _ => value);

        public static long And(ref long location, long value) => Atomics.Change(ref location, former => former & value);

        public static int And(ref int location, int value) => Atomics.Change(ref location, former => former & value);

        public static long Or(ref long location, long value) => Atomics.Change(ref location, former => former | value);

        public static long Increment(ref long location) => Atomics.Change(ref location, static former => former + 1) + 1;
    }
}

namespace Multiproc.Transport
{
    /// <summary>Stands for the framework's class in the product's code.</summary>
    internal static class Volatile
    {
        public static T Read<T>(ref readonly T location)
            where T : unmanaged => Atomics.Read(in location);

        public static void Write<T>(ref T location, T value)
            where T : unmanaged => Atomics.Write(ref location, value);
    }

    /// <summary>Stands for the framework's class in the product's code.</summary>
    internal static class Interlocked
    {
        public static int CompareExchange(ref int location, int value, int comparand) => Atomics.CompareExchange(ref location, value, comparand);

        public static long Exchange(ref long location, long value) => Atomics.Change(ref location, _ => value);

        public static int Exchange(ref int location, int value) => Atomics.Change(ref location, _ => value);

        public static long Or(ref long location, long value) => Atomics.Change(ref location, former => former | value);

        public static int Increment(ref int location) => Atomics.Change(ref location, static former => former + 1) + 1;

        /// <summary>Every step is one for all: fences are argued in docs/memory-ordering.md.</summary>
        public static void MemoryBarrier()
        {
        }
    }

    /// <summary>Stands for the kernel's futex: a thread sleeps while a word has a value, until somebody wakes it.</summary>
    internal static unsafe class Futex
    {
        public static void Wait(int* word, int expected, TimeSpan? timeout)
        {
            var stepper = Stepper.Current;
            int at = (int)((byte*)word - stepper.Memory);
            long ticket = stepper.Do(world => BitConverter.ToInt32(world.Memory, at) == expected ? world.FallAsleep(at) : 0);
            if (ticket != 0)
            {
                stepper.Do(static _ => 0, world => !world.IsAsleep(ticket));
            }
        }

        public static void Wake(int* word)
        {
            var stepper = Stepper.Current;
            int at = (int)((byte*)word - stepper.Memory);
            stepper.Do(world => world.WakeOne(at));
        }
    }
}
