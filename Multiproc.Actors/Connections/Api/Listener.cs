using System.Diagnostics;
using System.Net;
using Multiproc.Connections;
using Multiproc.Connections.Windows;
using Multiproc.SharedMemory;
using Multiproc.Transport;
using Multiproc.Transport.Linux;

namespace Multiproc;

/// <summary>
/// A place where other processes connect: a TCP port or a Unix socket. Speaks with <see cref="Client"/>, and with CPython's
/// <c>multiprocessing.connection.Client</c>.
/// </summary>
/// <remarks>
/// The form of the address says what it is: "host:port" is TCP, all else the path of a Unix socket, behind a NUL a Linux abstract name.
/// Port 0 takes a free port. On Windows it is the name of a pipe.
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

    /// <summary>Listens at an address.</summary>
    /// <param name="address">
    /// "host:port", a path, or a NUL and a name; on Windows <c>\\.\pipe\name</c>. Null (the default): a Unix socket, on Windows a pipe, with a name that nobody uses.
    /// </param>
    /// <param name="backlog">How many connections may wait to be accepted; default 128.</param>
    /// <param name="authKey">Both sides must know it; null (the default): nobody is asked. An empty key is a key.</param>
    /// <exception cref="ArgumentException">It is no address of this system.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Not a positive backlog.</exception>
    /// <exception cref="IOException">The address is taken, or not ours to use.</exception>
    /// <exception cref="PlatformNotSupportedException">Not on this system.</exception>
    public Listener(string? address = null, int backlog = DefaultBacklog, byte[]? authKey = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(backlog);
        _authKey = Copy(authKey);
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

    /// <summary>Listens at a TCP port.</summary>
    /// <param name="endpoint">Address and port.</param>
    /// <param name="backlog">How many connections may wait to be accepted; default 128.</param>
    /// <param name="authKey">Both sides must know it; null (the default): nobody is asked.</param>
    /// <exception cref="IOException">The port is taken, or not ours to use.</exception>
    /// <exception cref="PlatformNotSupportedException">Not on this system.</exception>
    public Listener(IPEndPoint endpoint, int backlog = DefaultBacklog, byte[]? authKey = null)
        : this(SocketName.Of(endpoint ?? throw new ArgumentNullException(nameof(endpoint))), backlog, authKey)
    {
    }

    /// <summary>Listens at a TCP port.</summary>
    /// <param name="address">Host and port, as Python's tuple.</param>
    /// <param name="backlog">How many connections may wait to be accepted; default 128.</param>
    /// <param name="authKey">Both sides must know it; null (the default): nobody is asked.</param>
    /// <exception cref="IOException">The host is not known, the port is taken or not ours to use.</exception>
    /// <exception cref="PlatformNotSupportedException">Not on this system.</exception>
    public Listener((string Host, int Port) address, int backlog = DefaultBacklog, byte[]? authKey = null)
        : this(SocketName.Find(address.Host, address.Port)[0], backlog, authKey)
    {
    }

    private Listener(SocketName name, int backlog, byte[]? authKey)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(backlog);
        _authKey = Copy(authKey);
        (_endpoint, _name) = Open(name, backlog);
    }

    /// <summary>Where to connect; in the form that <see cref="Client"/> takes. A port that was 0 is filled in.</summary>
    public string Address => _name.Text;

    /// <summary>Where the last accepted connection came from; "" for a Unix socket without a name; null when there was none yet.</summary>
    public string? LastAccepted { get; private set; }

    /// <summary>Whether it was closed.</summary>
    public bool Closed => OperatingSystem.IsWindows() && _pipes is { } pipes ? pipes.IsClosed : _endpoint!.IsClosed;

    internal Endpoint Endpoint => _endpoint ?? throw new PlatformNotSupportedException("A listener at a Windows pipe cannot be waited for together with others: call AcceptAsync.");

    /// <summary>Takes the next connection; waits for one.</summary>
    /// <param name="timeout">How long to wait for it; null (the default) waits indefinitely, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>The connection; it can be sent to another process.</returns>
    /// <exception cref="AuthenticationException">The connecting peer does not know the key. The listener keeps running.</exception>
    /// <exception cref="EndOfStreamException">The connecting peer closed the connection before proving that it knows the key. The listener keeps running.</exception>
    /// <exception cref="MultiprocTimeoutException">
    /// Nobody came in time; or the one who came did not prove itself within <see cref="ConnectionOptions.HandshakeTimeout"/>, and the listener goes on.
    /// </exception>
    /// <exception cref="IOException">The listener is closed; or the one who came left while it was written to, and the listener goes on.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was canceled.</exception>
    public Connection Accept(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        var connection = Take(Deadline.In(timeout), cancellation) ?? throw NobodyCame(timeout);
        if (_authKey is not null)
        {
            Handshake.AsListener(connection, _authKey, cancellation);
        }

        return connection;
    }

    /// <summary>The same as <see cref="Accept"/>, without a blocked thread.</summary>
    /// <param name="timeout">How long to wait for it; null (the default) waits indefinitely, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>The connection.</returns>
    /// <exception cref="AuthenticationException">The connecting peer does not know the key. The listener keeps running.</exception>
    /// <exception cref="EndOfStreamException">The connecting peer closed the connection before proving that it knows the key. The listener keeps running.</exception>
    /// <exception cref="MultiprocTimeoutException">
    /// Nobody came in time; or the one who came did not prove itself within <see cref="ConnectionOptions.HandshakeTimeout"/>, and the listener goes on.
    /// </exception>
    /// <exception cref="IOException">The listener is closed; or the one who came left while it was written to, and the listener goes on.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was canceled.</exception>
    public async ValueTask<Connection> AcceptAsync(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        var connection = await TakeAsync(Deadline.In(timeout), cancellation).ConfigureAwait(false) ?? throw NobodyCame(timeout);
        if (_authKey is not null)
        {
            await Handshake.AsListenerAsync(connection, _authKey, cancellation).ConfigureAwait(false);
        }

        return connection;
    }

    /// <summary>Stops listening and removes the file of a Unix socket; accepted connections go on. May be called again.</summary>
    public void Close()
    {
        if (_name.File is { } file)
        {
            SocketFiles.Remove(file);
        }

        _endpoint?.Dispose();
        if (OperatingSystem.IsWindows())
        {
            _pipes?.Dispose();
        }
    }

    /// <inheritdoc cref="Close"/>
    public void Dispose() => Close();

    /// <summary>The same as <see cref="Close"/>; never waits.</summary>
    /// <returns>A finished task.</returns>
    public ValueTask DisposeAsync()
    {
        Close();
        return ValueTask.CompletedTask;
    }

    /// <summary>Names its address.</summary>
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

    /// <summary>Null when nobody came in time.</summary>
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
        new($"Nobody connected to {_name} within {timeout}.");
}
