namespace Multiproc.Tests.Connections;

/// <summary>Both ends of a pipe in this process, closed together.</summary>
internal sealed class Pair : IDisposable
{
    public Pair(bool duplex = true) => (First, Second) = Mp.Pipe(duplex);

    public Connection First { get; }

    public Connection Second { get; }

    public void Dispose()
    {
        First.Dispose();
        Second.Dispose();
    }
}

internal static class Sleeping
{
    /// <summary>How many threads and tasks of this process sleep on this end.</summary>
    public static int Sleepers(this Connection end) => end.Stream.Endpoint.Sleepers;
}
