using Multiproc.Python.Values;

namespace Multiproc.Python.Referents;

/// <summary>A Lock, or an RLock, which belongs to one thread of one process.</summary>
internal sealed class LockReferent(SharedLockBase gate) : Referent
{
    private const double ForEver = -1;

    private static readonly string[] s_exposed = ["__enter__", "__exit__", "acquire", "release"];

    public override string TypeId => gate is SharedRLock ? "RLock" : "Lock";

    public override string ProxyClass => "AcquirerProxy";

    public override IReadOnlyList<string> Exposed => s_exposed;

    public override bool IsOfCaller => true;

    public override string Text => $"<{gate}>";

    public static bool Acquire(SharedLockBase gate, Arguments given, IClient client)
    {
        bool waits = given.NextTruth("blocking", true);
        double? seconds = given.NextSeconds("timeout") is { } limit and not ForEver ? limit : null;
        given.End();
        if (!waits && seconds is not null)
        {
            throw PythonErrors.Value("can't specify a timeout for a non-blocking call");
        }

        if (seconds is < 0)
        {
            throw PythonErrors.Value("timeout value must be positive");
        }

        var time = waits ? Arguments.Time(seconds) : TimeSpan.Zero;
        return gate.Acquire(TimeSpan.Zero) || (time != TimeSpan.Zero && client.Wait(token => gate.Acquire(time, token)));
    }

    public static void Release(SharedLockBase gate)
    {
        try
        {
            gate.Release();
        }
        catch (Exception notHeld) when (notHeld is InvalidOperationException or SynchronizationLockException && notHeld is not ObjectDisposedException)
        {
            throw PythonErrors.Runtime(gate is SharedRLock ? "cannot release un-acquired lock" : "release unlocked lock");
        }
    }

    public override object? Call(Arguments given, IClient client)
    {
        if (given.Method is "acquire" or "__enter__")
        {
            return Acquire(gate, given, client);
        }

        Release(gate);
        return null;
    }
}
