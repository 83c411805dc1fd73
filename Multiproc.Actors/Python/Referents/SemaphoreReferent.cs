using Multiproc.Python.Values;

namespace Multiproc.Python.Referents;

/// <summary>A Semaphore, or a BoundedSemaphore. Permits of a process that dies come back.</summary>
internal sealed class SemaphoreReferent(SharedSemaphoreBase semaphore) : Referent
{
    private static readonly string[] s_exposed = ["__enter__", "__exit__", "acquire", "release"];

    public override string TypeId => semaphore is SharedBoundedSemaphore ? "BoundedSemaphore" : "Semaphore";

    public override string ProxyClass => "AcquirerProxy";

    public override IReadOnlyList<string> Exposed => s_exposed;

    public override bool IsOfCaller => true;

    public override string Text => $"<{semaphore}>";

    public override object? Call(Arguments given, IClient client)
    {
        if (given.Method is "release" or "__exit__")
        {
            Release(given.Method == "release" ? given.NextInteger("n", 1) : 1);
            return null;
        }

        bool waits = given.NextTruth("blocking", true);
        double? seconds = given.NextSeconds("timeout");
        given.End();
        if (!waits && seconds is not null)
        {
            throw PythonErrors.Value("can't specify timeout for non-blocking acquire");
        }

        var time = waits ? Arguments.Time(seconds) : TimeSpan.Zero;
        return semaphore.TryAcquire() || (time != TimeSpan.Zero && client.Wait(token => semaphore.Acquire(time, token)));
    }

    private void Release(long count)
    {
        if (count is < 1 or > int.MaxValue)
        {
            throw PythonErrors.Value("n must be one or more");
        }

        try
        {
            semaphore.Release((int)count);
        }
        catch (Exception tooMany) when (tooMany is InvalidOperationException or SemaphoreFullException && tooMany is not ObjectDisposedException)
        {
            throw PythonErrors.Value("Semaphore released too many times");
        }
    }
}
