using System.Diagnostics;

namespace Multiproc.Transport;

/// <summary>
/// Decides how long a thread spins before it sleeps. Two processes that both spin reply to each other in two microseconds; two that both sleep wake each other
/// through the kernel in eight, and in thirty if each has a processor that was idle. With one processor spinning is useless.
/// </summary>
/// <remarks>
/// <para>A thread whose recent waits were no longer than a sleep and a wake spins for about that long: then one side that spins is enough for the other to find
/// its replies while
/// it spins, too, and both stay awake. A thread with longer waits, for work or for people, sleeps at once.</para>
/// <para>The other side may need our processor in order to end a short wait. So each futile spin doubles the number of waits without one.</para>
/// <para>Spins never yield to other processes: on a busy machine each of those takes its time slice of milliseconds, and a plain sleep is shorter.</para>
/// <para>For one thread at a time; concurrent calls make the choice worse, not wrong.</para>
/// </remarks>
/// <param name="shortWait">The longest short wait, in microseconds.</param>
internal sealed class SpinPolicy(int shortWait = 50)
{
    // One iteration takes some 110 ns.
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

    /// <summary>Begins a wait.</summary>
    /// <returns>The number of iterations to spin.</returns>
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

    /// <summary>Records a successful spin.</summary>
    public void Succeeded()
    {
        if (_spinning)
        {
            _backOff = FirstBackOff;
        }

        End();
    }

    /// <summary>Records a futile spin. A sleep follows, whose end must be reported.</summary>
    public void Failed()
    {
        if (_spinning)
        {
            _without = _backOff;
            _backOff = Math.Min(2 * _backOff, LongestBackOff);
        }
    }

    /// <summary>Ends a wait that slept.</summary>
    public void End()
    {
        long waited = Math.Min(Stopwatch.GetTimestamp() - _begun, s_longWait);
        _usualWait += (waited - _usualWait) / 4;
    }

    public static void Pause() => Thread.SpinWait(PausesPerSpin);
}
