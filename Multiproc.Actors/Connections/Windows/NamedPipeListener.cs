using System.IO.Pipes;
using System.Runtime.Versioning;
using Multiproc.Transport;

namespace Multiproc.Connections.Windows;

/// <summary>Listens at a pipe name: one instance always waits for the next client.</summary>
[SupportedOSPlatform("windows")]
internal sealed class NamedPipeListener : IDisposable
{
    private readonly Lock _gate = new();
    private readonly string _address;
    private NamedPipeServerStream? _next;
    private Task? _coming;
    private bool _closed;

    /// <exception cref="IOException">The name is in use, or access to it is denied.</exception>
    public NamedPipeListener(string address)
    {
        _address = address;
        _next = NamedPipes.NewInstance(address, first: true);
    }

    public bool IsClosed => Volatile.Read(ref _closed);

    /// <returns>The connection; null if none arrived within the timeout.</returns>
    /// <exception cref="IOException">The listener is closed.</exception>
    public async ValueTask<Connection?> AcceptAsync(Deadline deadline, CancellationToken cancellation)
    {
        while (true)
        {
            Task coming;
            lock (_gate)
            {
                ThrowIfClosed();
                coming = _coming ??= _next!.WaitForConnectionAsync(CancellationToken.None);
            }

            try
            {
                await coming.WaitAsync(deadline.RemainingOrInfinite, cancellation).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                return null;
            }
            catch (ObjectDisposedException)
            {
                ThrowIfClosed();
                throw;
            }

            if (Take(coming) is { } stream)
            {
                return NamedPipes.Connection(stream);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            _next?.Dispose();
            _next = null;
        }
    }

    /// <summary>Returns null if another thread has taken this client.</summary>
    private NamedPipeServerStream? Take(Task coming)
    {
        lock (_gate)
        {
            ThrowIfClosed();
            if (_coming != coming)
            {
                return null;
            }

            // The next instance is created before this one is handed out, so that a client always finds one.
            var stream = _next;
            _next = NamedPipes.NewInstance(_address, first: false);
            _coming = null;
            return stream;
        }
    }

    private void ThrowIfClosed()
    {
        if (_closed)
        {
            throw new IOException("The listener is closed.");
        }
    }
}
