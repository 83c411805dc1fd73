using System.Diagnostics;
using System.Net;
using Multiproc.Connections;
using Multiproc.Connections.Windows;
using Multiproc.SharedMemory;
using Multiproc.Transport;
using Multiproc.Transport.Linux;

namespace Multiproc;

/// <summary>
/// Listens for connections of other processes at a TCP port, a Unix socket, or on Windows a named pipe. Accepts <see cref="Client"/> and CPython's
/// <c>multiprocessing.connection.Client</c>.
/// </summary>
/// <remarks>
/// The form of the address selects the transport: "host:port" is TCP; anything else is the path of a Unix socket, or after a NUL a Linux abstract name,
/// and on Windows the name of a pipe. Port 0 selects a free port.
/// </remarks>
/// <example>
/// <code>
/// using var listener = new Listener("localhost:6000", authKey: "secret password"u8.ToArray());
/// using var connection = listener.Accept();
/// connection.Send("welcome");
/// </code>
/// </example>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class Listener : IDisposable, IAsyncDisposable, Serialization.INotSendable
{
    private const int DefaultBacklog = 128;

    private readonly Endpoint? _endpoint;
    private readonly NamedPipeListener? _pipes;
    private readonly SocketName _name;
    private readonly byte[]? _authKey;
    private readonly PendingHandshakes? _pending;

    /// <summary>Begins to listen at an address.</summary>
    /// <param name="address">
    /// "host:port", the path of a Unix socket, or a NUL followed by a Linux abstract name; on Windows <c>\\.\pipe\name</c>. Null (the default) creates a Unix
    /// socket, on Windows a pipe, with a unique name.
    /// </param>
    /// <param name="backlog">The maximum number of connections that wait to be accepted; default 128.</param>
    /// <param name="authKey">The secret that both sides must know; null (the default) skips authentication. An empty key is a key.</param>
    /// <exception cref="ArgumentException">The address is not valid on this operating system.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The backlog is not positive.</exception>
    /// <exception cref="IOException">The address is in use, or access to it is denied.</exception>
    /// <exception cref="PlatformNotSupportedException">The operating system is not supported.</exception>
    public Listener(string? address = null, int backlog = DefaultBacklog, byte[]? authKey = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(backlog);
        _authKey = Copy(authKey);
        _pending = _authKey is null ? null : new PendingHandshakes(_authKey);
        if (OperatingSystem.IsWindows() && (address is null || NamedPipes.IsName(address)))
        {
            string name = address ?? NamedPipes.NewName();
            _pipes = new NamedPipeListener(name);
            _name = SocketName.OfWindowsPipe(name);
        }
        else
        {
            (_endpoint, _name) = Open(SocketName.Find(address ?? RuntimeFolder.NewFile(".sock"))[0], backlog);
        }
    }

    /// <summary>Begins to listen at a TCP port.</summary>
    /// <param name="endpoint">The IP address and the port.</param>
    /// <param name="backlog">The maximum number of connections that wait to be accepted; default 128.</param>
    /// <param name="authKey">The secret that both sides must know; null (the default) skips authentication.</param>
    /// <exception cref="IOException">The port is in use, or access to it is denied.</exception>
    /// <exception cref="PlatformNotSupportedException">The operating system is not supported.</exception>
    public Listener(IPEndPoint endpoint, int backlog = DefaultBacklog, byte[]? authKey = null)
        : this(SocketName.Of(endpoint ?? throw new ArgumentNullException(nameof(endpoint))), backlog, authKey)
    {
    }

    /// <summary>Begins to listen at a TCP port.</summary>
    /// <param name="address">The host and the port, like Python's tuple.</param>
    /// <param name="backlog">The maximum number of connections that wait to be accepted; default 128.</param>
    /// <param name="authKey">The secret that both sides must know; null (the default) skips authentication.</param>
    /// <exception cref="IOException">The host is unknown, the port is in use, or access to it is denied.</exception>
    /// <exception cref="PlatformNotSupportedException">The operating system is not supported.</exception>
    public Listener((string Host, int Port) address, int backlog = DefaultBacklog, byte[]? authKey = null)
        : this(SocketName.Find(address.Host, address.Port)[0], backlog, authKey)
    {
    }

    private Listener(SocketName name, int backlog, byte[]? authKey)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(backlog);
        _authKey = Copy(authKey);
        _pending = _authKey is null ? null : new PendingHandshakes(_authKey);
        (_endpoint, _name) = Open(name, backlog);
    }

    /// <summary>Gets the address, in the form that <see cref="Client"/> takes, with the actual port if it was given as 0.</summary>
    public string Address => _name.Text;

    /// <summary>Gets the address of the peer whose connection was accepted last; "" for an unnamed Unix socket, null before the first.</summary>
    public string? LastAccepted { get; private set; }

    /// <summary>Gets whether the listener was closed.</summary>
    public bool Closed => OperatingSystem.IsWindows() && _pipes is { } pipes ? pipes.IsClosed : _endpoint!.IsClosed;

    internal Endpoint Endpoint =>
        _endpoint ?? throw new PlatformNotSupportedException("A listener at a Windows pipe cannot be waited for together with others: call AcceptAsync.");

    /// <summary>Accepts the next connection, waiting until one arrives, and authenticates it if the listener has a key.</summary>
    /// <remarks>
    /// Authentication that has begun when the timeout expires goes on: the connection is that of a later call. A peer that says nothing holds up no other one
    /// unless the call has neither a timeout nor a token.
    /// </remarks>
    /// <param name="timeout">How long to wait for an authenticated connection; null (the default) waits indefinitely, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>The connection, which can be sent to another process.</returns>
    /// <exception cref="AuthenticationException">The connecting peer does not know the key. The listener keeps running.</exception>
    /// <exception cref="EndOfStreamException">
    /// The connecting peer closed the connection before proving that it knows the key. The listener keeps running.
    /// </exception>
    /// <exception cref="MultiprocTimeoutException">
    /// No connection was ready within the timeout; or the connecting peer was not authenticated within
    /// <see cref="ConnectionOptions.HandshakeTimeout"/>, and the listener keeps running.
    /// </exception>
    /// <exception cref="IOException">
    /// The listener is closed; or the connecting peer closed the connection during authentication, and the listener keeps running.
    /// </exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was canceled.</exception>
    public Connection Accept(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        if (_pending is null)
        {
            return Take(Deadline.In(timeout), cancellation) ?? throw NobodyCame(timeout);
        }

        if (((WaitTimeout)timeout).IsInfinite && !cancellation.CanBeCanceled && _pending.Count == 0)
        {
            // Nothing can end this call before the handshake ends, so it runs on this thread, which is faster.
            var connection = Take(Deadline.Never, cancellation)!;
            Handshake.AsListener(connection, _authKey!, cancellation);
            return connection;
        }

        return AcceptAuthenticatedAsync(_pending, timeout, cancellation).AsTask().GetAwaiter().GetResult();
    }

    /// <summary>Asynchronously accepts the next connection, waiting until one arrives, and authenticates it if the listener has a key.</summary>
    /// <remarks>
    /// Authentication that has begun when the timeout expires goes on: the connection is that of a later call. A peer that says nothing holds up no other one.
    /// </remarks>
    /// <param name="timeout">How long to wait for an authenticated connection; null (the default) waits indefinitely, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>The connection.</returns>
    /// <exception cref="AuthenticationException">The connecting peer does not know the key. The listener keeps running.</exception>
    /// <exception cref="EndOfStreamException">
    /// The connecting peer closed the connection before proving that it knows the key. The listener keeps running.
    /// </exception>
    /// <exception cref="MultiprocTimeoutException">
    /// No connection was ready within the timeout; or the connecting peer was not authenticated within
    /// <see cref="ConnectionOptions.HandshakeTimeout"/>, and the listener keeps running.
    /// </exception>
    /// <exception cref="IOException">
    /// The listener is closed; or the connecting peer closed the connection during authentication, and the listener keeps running.
    /// </exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was canceled.</exception>
    public async ValueTask<Connection> AcceptAsync(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        return _pending is null
            ? await TakeAsync(Deadline.In(timeout), cancellation).ConfigureAwait(false) ?? throw NobodyCame(timeout)
            : await AcceptAuthenticatedAsync(_pending, timeout, cancellation).ConfigureAwait(false);
    }

    /// <summary>Stops listening and removes the file of a Unix socket. Accepted connections stay open. Does nothing when called again.</summary>
    public void Close()
    {
        if (_name.File is { } file)
        {
            SocketFiles.Remove(file);
        }

        _endpoint?.Dispose();
        _pending?.Dispose();
        if (OperatingSystem.IsWindows())
        {
            _pipes?.Dispose();
        }
    }

    /// <inheritdoc cref="Close"/>
    public void Dispose() => Close();

    /// <summary>Stops listening, like <see cref="Close"/>; completes synchronously.</summary>
    /// <returns>A completed task.</returns>
    public ValueTask DisposeAsync()
    {
        Close();
        return ValueTask.CompletedTask;
    }

    /// <summary>Describes the listener and its address.</summary>
    /// <returns>For example "Listener (127.0.0.1:6000)".</returns>
    public override string ToString() => $"Listener ({(Closed ? "closed" : _name)})";

    private static byte[]? Copy(byte[]? authKey) => authKey is null ? null : [.. authKey];

    private static (Endpoint Endpoint, SocketName Name) Open(SocketName name, int backlog)
    {
        Endpoint.RequireSupport();
        var (socket, bound) = StreamSocket.Listen(name, backlog);
        if (bound.File is { } file)
        {
            SocketFiles.Add(file);
        }

        return (new Endpoint(socket, "listener"), bound);
    }

    private async ValueTask<Connection> AcceptAuthenticatedAsync(PendingHandshakes pending, WaitTimeout timeout, CancellationToken cancellation)
    {
        var deadline = Deadline.In(timeout);
        while (true)
        {
            if (pending.TryTakeFinished(out var finished))
            {
                return await finished.ConfigureAwait(false);
            }

            if (pending.IsFull)
            {
                await Task.WhenAny(pending.AnyFinished(), Task.Delay(deadline.RemainingOrInfinite, cancellation)).ConfigureAwait(false);
                cancellation.ThrowIfCancellationRequested();
                if (deadline.HasPassed)
                {
                    throw NobodyCame(timeout);
                }
            }
            else if (await ArrivalAsync(pending, deadline, cancellation).ConfigureAwait(false) is { } arrived)
            {
                pending.Begin(arrived);
            }
            else if (deadline.HasPassed)
            {
                throw NobodyCame(timeout);
            }
        }
    }

    /// <summary>Returns null if nobody arrived within the timeout, or before a handshake ended.</summary>
    private async ValueTask<Connection?> ArrivalAsync(PendingHandshakes pending, Deadline deadline, CancellationToken cancellation)
    {
        if (pending.Count == 0)
        {
            return await TakeAsync(deadline, cancellation).ConfigureAwait(false);
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var arrival = TakeAsync(deadline, either.Token).AsTask();
        await Task.WhenAny(arrival, pending.AnyFinished()).ConfigureAwait(false);
        await either.CancelAsync().ConfigureAwait(false);
        try
        {
            return await arrival.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Returns null if no connection arrived within the timeout.</summary>
    private Connection? Take(Deadline deadline, CancellationToken cancellation)
    {
        if (OperatingSystem.IsWindows() && _pipes is { } pipes)
        {
            return pipes.AcceptAsync(deadline, cancellation).AsTask().GetAwaiter().GetResult();
        }

        Connection? connection;
        while ((connection = TryTake(_endpoint!)) is null && _endpoint!.Wait(SocketCalls.PollIn, deadline, cancellation))
        {
        }

        return connection;
    }

    private async ValueTask<Connection?> TakeAsync(Deadline deadline, CancellationToken cancellation)
    {
        if (OperatingSystem.IsWindows() && _pipes is { } pipes)
        {
            return await pipes.AcceptAsync(deadline, cancellation).ConfigureAwait(false);
        }

        Connection? connection;
        while ((connection = TryTake(_endpoint!)) is null && await _endpoint!.WaitAsync(SocketCalls.PollIn, deadline, cancellation).ConfigureAwait(false))
        {
        }

        return connection;
    }

    private Connection? TryTake(Endpoint endpoint)
    {
        using var hold = endpoint.Hold(out int descriptor);
        if (StreamSocket.TryAccept(descriptor) is not var (stream, peer))
        {
            return null;
        }

        LastAccepted = peer.Text;
        return new Connection(stream);
    }

    private MultiprocTimeoutException NobodyCame(WaitTimeout timeout) =>
        new(_pending?.Count is > 0 and var count
            ? $"No connection to {_name} was ready within {timeout}: {count} arrived and did not authenticate yet. They go on; accept again."
            : $"Nobody connected to {_name} within {timeout}.");
}
