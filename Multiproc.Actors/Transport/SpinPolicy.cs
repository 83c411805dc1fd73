namespace Multiproc.Transport;

/// <summary>
/// How long a thread looks before it sleeps. Waking a sleeper costs ten microseconds, so a short look pays when answers come quickly;
/// after a row of looks in vain only one wait in sixteen looks again. With one processor there is nothing to look for.
/// </summary>
internal sealed class SpinPolicy
{
    // A pause is some 40 ns on current processors: the longest look takes about 25 us, the last two thirds of it giving way to others.
    private const int MaxLooks = 120;
    private const int PausesOnly = 40;
    private const int PausesPerLook = 4;
    private const int PatienceInVain = 8;
    private const int ProbeEvery = 16;

    private static readonly bool s_pays = Environment.ProcessorCount > 1;

    private int _inVain;

    public int Begin()
    {
        if (!s_pays)
        {
            return 0;
        }

        int inVain = _inVain;
        return inVain < PatienceInVain || inVain % ProbeEvery == 0 ? MaxLooks : 1;
    }

    public void Succeeded() => _inVain = 0;

    public void Failed(int looks) => _inVain = looks > 0 && _inVain < int.MaxValue - 1 ? _inVain + 1 : _inVain;

    /// <summary>One step of looking: first mere pauses, then the processor is offered to whoever is ready to run - perhaps the very peer.</summary>
    public static void Pause(int look)
    {
        if (look < PausesOnly)
        {
            Thread.SpinWait(PausesPerLook);
        }
        else
        {
            Thread.Yield();
        }
    }
}
