using Multiproc.SharedMemory.Linux;

namespace Multiproc.SharedMemory;

/// <summary>Sleeps on a word of shared memory. Only where <see cref="IsSupported"/>; elsewhere links are sockets, which need no futex.</summary>
internal static unsafe class Futex
{
    private const int WaitOperation = 0;
    private const int WakeOperation = 1;

    public static bool IsSupported => Platform.UsesLinux;

    /// <summary>
    /// Sleeps while the word is <paramref name="expected"/>, until woken or the time is up. May wake spuriously:
    /// callers check their condition again.
    /// </summary>
    public static void Wait(int* word, int expected, TimeSpan? timeout)
    {
        if (timeout is { } limited)
        {
            var time = new MemoryCalls.TimeSpec
            {
                Seconds = limited.Ticks / TimeSpan.TicksPerSecond, Nanoseconds = limited.Ticks % TimeSpan.TicksPerSecond * 100,
            };
            MemoryCalls.Futex(word, WaitOperation, expected, &time);
        }
        else
        {
            MemoryCalls.Futex(word, WaitOperation, expected, null);
        }
    }

    /// <summary>Wakes all sleepers.</summary>
    public static void WakeAll(int* word) => MemoryCalls.Futex(word, WakeOperation, int.MaxValue, null);

    /// <summary>Wakes one sleeper.</summary>
    public static void Wake(int* word) => MemoryCalls.Futex(word, WakeOperation, 1, null);
}
