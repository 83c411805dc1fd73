using System.Net.Sockets;

namespace Multiproc.Transport;

/// <summary>
/// Keeps a listener from spinning: while no descriptor is free, each attempt to accept fails at once, and whoever knocked still stands at the door.
/// </summary>
internal sealed class AcceptPause
{
    private static readonly TimeSpan s_time = TimeSpan.FromMilliseconds(50);

    private readonly ManualResetEventSlim _ended = new();

    /// <summary>Waits a little after a failure that the next attempt would meet again; not at all after one that was the unauthenticated peer's own.</summary>
    public void After(Exception failure)
    {
        if (failure is not SocketException { SocketErrorCode: SocketError.ConnectionAborted or SocketError.ConnectionReset or SocketError.Interrupted })
        {
            _ended.Wait(s_time);
        }
    }

    /// <summary>The listener is closed: nobody waits from now on.</summary>
    public void End() => _ended.Set();
}
