using System.Diagnostics;

namespace Multiproc.Transport;

/// <summary>
/// How long a thread looks before it sleeps. Two processes that both look answer each other in two microseconds; two that both sleep wake each other
/// through the kernel in eight, and in thirty when each has a processor that was idle. With one processor there is nothing to look for.
/// </summary>
/// <remarks>
/// <para>Who lately waited for no longer than a sleep and a wake take looks for about that long: then one side that looks is enough for the other to find its answers while
/// it looks too, and both stay awake. Who waits for longer, for work or for people, sleeps at once.</para>
/// <para>A short wait may still need our processor for its end. So each look in vain doubles the number of waits that do without.</para>
/// <para>Looks never give way to other processes: on a busy machine each of those takes its slice, milliseconds, and a plain sleep is shorter.</para>
/// <para>For one thread at a time; another one that calls it makes the choice worse, not wrong.</para>
/// </remarks>
/// <param name="shortWait">In microseconds: up to here a wait is short.</param>
internal sealed class SpinPolicy(int shortWait = 50)
{
    // A look is some 110 ns.
    private const int Spins = 270;
    private const int PausesPerSpin = 4;
    private const int FirstBackOff = 4;
    private const int LongestBackOff = 1024;

    private static readonly bool s_pays = Environment.ProcessorCount > 1;
    private static readonly long s_longWait = Stopwatch.Frequency * 400 / 1_000_000;

    private readonly long _shortWait = Stopwatch.Frequency * shortWait / 1_000_000;
    private long _begun;
    private long _usualWait;
    private int _backOff = FirstBackOff;
    private int _without;
    private bool _spinning;

    /// <summary>A wait begins.</summary>
    /// <returns>How often to look.</returns>
    public int Begin()
    {
        if (!s_pays)
        {
            return 0;
        }

        _begun = Stopwatch.GetTimestamp();
        _spinning = _usualWait <= _shortWait && _without == 0;
        _without -= _without > 0 ? 1 : 0;
        return _spinning ? Spins : 1;
    }

    /// <summary>A look has found what was waited for.</summary>
    public void Succeeded()
    {
        if (_spinning)
        {
            _backOff = FirstBackOff;
        }

        End();
    }

    /// <summary>All looks were in vain: now for the sleep, whose end is to be told.</summary>
    public void Failed()
    {
        if (_spinning)
        {
            _without = _backOff;
            _backOff = Math.Min(2 * _backOff, LongestBackOff);
        }
    }

    /// <summary>The wait is over.</summary>
    public void End()
    {
        long waited = Math.Min(Stopwatch.GetTimestamp() - _begun, s_longWait);
        _usualWait += (waited - _usualWait) / 4;
    }

    public static void Pause() => Thread.SpinWait(PausesPerSpin);
}
