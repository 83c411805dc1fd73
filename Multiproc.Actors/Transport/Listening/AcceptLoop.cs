using System.Net.Sockets;
using Multiproc.SharedMemory;

namespace Multiproc.Transport;

/// <summary>
/// Takes the connections of a listening socket, on a thread of its own. Each is admitted on a thread of its own, and only so many at once: a failure of one - a
/// wrong key, garbage, slowness - ends that connection only.
/// </summary>
internal sealed class AcceptLoop : IDisposable
{
    private const int StackBytes = 256 * 1024;

    private readonly Socket _listening;
    private readonly int _most;
    private readonly Action<Socket> _admit;
    private readonly Action<Socket>? _tellBusy;
    private readonly AcceptPause _pause = new();
    private int _unauthenticated;
    private volatile bool _disposed;

    /// <param name="listening">The socket, which listens already. Closed by <see cref="Dispose"/>.</param>
    /// <param name="most">The largest number of peers that are being admitted at once; further ones are cut off.</param>
    /// <param name="admit">Authenticates a peer and passes its link on; throws if it does not.</param>
    /// <param name="tellBusy">Tells a peer that is cut off why; must not wait. Null to tell it nothing.</param>
    public AcceptLoop(Socket listening, int most, Action<Socket> admit, Action<Socket>? tellBusy = null)
    {
        _listening = listening;
        _most = most;
        _admit = admit;
        _tellBusy = tellBusy;
    }

    /// <summary>Raised with the reason for each peer that was rejected.</summary>
    public event Action<Exception>? Refused;

    /// <exception cref="MultiprocException">No thread can be started; the socket was closed.</exception>
    public void Start()
    {
        try
        {
            OwnThread.Start(Accept, "multiproc listener", StackBytes);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _disposed = true;
        _pause.End();
        _listening.Dispose();
    }

    private void Accept()
    {
        while (!_disposed)
        {
            Socket socket;
            try
            {
                socket = _listening.Accept();
            }
            catch (Exception broken) when (broken is SocketException or ObjectDisposedException)
            {
                // The connection ended before it was accepted, or no descriptor is free: the next attempt may succeed.
                if (!_disposed)
                {
                    Refused?.Invoke(broken);
                    _pause.After(broken);
                }

                continue;
            }

            Begin(socket);
        }
    }

    private void Begin(Socket socket)
    {
        if (Interlocked.Increment(ref _unauthenticated) > _most)
        {
            _tellBusy?.Invoke(socket);
            Refuse(socket, new AuthenticationException($"More than {_most} handshakes are in progress at once."));
            return;
        }

        // The handshake runs on a dedicated thread: one of the thread pool would be late when the program keeps the pool busy, and slow peers must not take
        // the program's threads away.
        try
        {
            OwnThread.Start(() => Admit(socket), "multiproc handshake", StackBytes);
        }
        catch (MultiprocException noThread)
        {
            Refuse(socket, noThread);
        }
    }

    private void Admit(Socket socket)
    {
        try
        {
            _admit(socket);
            Interlocked.Decrement(ref _unauthenticated);
        }
        catch (Exception refusal)
        {
            // A failure caused by an unauthenticated peer affects only that peer.
            Refuse(socket, refusal);
        }
    }

    private void Refuse(Socket socket, Exception reason)
    {
        Interlocked.Decrement(ref _unauthenticated);
        socket.Dispose();
        Refused?.Invoke(reason);
    }
}
