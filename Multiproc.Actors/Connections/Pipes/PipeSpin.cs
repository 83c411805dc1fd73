namespace Multiproc.Connections.Pipes;

/// <summary>
/// How long a thread looks at a pipe before it sleeps. Two processes that both look answer each other in two microseconds; two that both sleep wake each other
/// through the kernel in eight, and in thirty when each has a processor that was idle.
/// </summary>
/// <remarks>
/// What was measured on two processors decides. Round trips of a small object took 11 to 17 us with looks of five microseconds, 3 to 4 us with eleven, and no less with
/// eighteen: an answer that comes too late by a microsecond costs two wakes, not one microsecond. After a row of misses both sides would sleep for ever, though both would stay
/// awake once they were so together: so now and then one looks as long as a wake takes. Where the peer has no processor of its own every look is in vain; the row of misses makes
/// them rare, in the end one in a thousand waits, and what it costs could not be measured. Looks never give way to other processes: on a busy machine each of those takes its
/// slice, and a plain sleep is shorter.
/// </remarks>
internal sealed class PipeSpin
{
    // A look is some 110 ns.
    private const int Looks = 100;
    private const int LooksForAWake = 240;
    private const int PausesPerLook = 4;
    private const int PatienceInVain = 8;
    private const int FirstProbe = 16;
    private const int RarestProbe = 1024;

    private static readonly bool s_pays = Environment.ProcessorCount > 1;

    private int _inVain;
    private int _untilProbe;
    private int _probeEvery = FirstProbe;

    /// <returns>How often to look.</returns>
    public int Begin()
    {
        if (!s_pays)
        {
            return 0;
        }

        if (_inVain < PatienceInVain)
        {
            return Looks;
        }

        if (--_untilProbe > 0)
        {
            return 1;
        }

        _untilProbe = _probeEvery;
        _probeEvery = Math.Min(2 * _probeEvery, RarestProbe);
        return LooksForAWake;
    }

    public void Succeeded()
    {
        _inVain = 0;
        _untilProbe = FirstProbe;
        _probeEvery = FirstProbe;
    }

    public void Failed()
    {
        if (_inVain < PatienceInVain)
        {
            _inVain++;
        }
    }

    public static void Pause() => Thread.SpinWait(PausesPerLook);
}
