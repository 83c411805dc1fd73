using System.Net.Sockets;

namespace Multiproc.Transport;

/// <summary>
/// Keeps a listener from spinning: while no descriptor is free, each attempt to accept fails at once, and the connection stays in the backlog.
/// </summary>
internal sealed class AcceptPause
{
    private static readonly TimeSpan s_time = TimeSpan.FromMilliseconds(50);

    private readonly ManualResetEventSlim _ended = new();

    /// <summary>Pauses after a failure that would recur at once; does not pause after one caused by the connecting peer.</summary>
    public void After(Exception failure)
    {
        if (failure is not SocketException { SocketErrorCode: SocketError.ConnectionAborted or SocketError.ConnectionReset or SocketError.Interrupted })
        {
            _ended.Wait(s_time);
        }
    }

    /// <summary>Ends the pauses, since the listener is closed.</summary>
    public void End() => _ended.Set();
}
