using System.Net;
using Multiproc.Connections;
using Multiproc.Connections.Windows;
using Multiproc.Transport;
using Multiproc.Transport.Linux;

namespace Multiproc;

/// <summary>Connects to a <see cref="Listener"/>, or to a <c>multiprocessing.connection.Listener</c> of CPython.</summary>
/// <example>
/// <code>
/// using var connection = Client.Connect("localhost:6000", "secret password"u8.ToArray());
/// Console.WriteLine(connection.Recv&lt;string&gt;());
/// </code>
/// </example>
public static class Client
{
    private static readonly TimeSpan s_retry = TimeSpan.FromMilliseconds(2);

    /// <summary>Connects to a listener at an address: a TCP port, a Unix socket, or on Windows a named pipe.</summary>
    /// <param name="address">"host:port", the path of a Unix socket, or a NUL followed by a Linux abstract name; on Windows <c>\\.\pipe\name</c>.</param>
    /// <param name="authKey">The secret that both sides must know; null (the default) skips authentication.</param>
    /// <param name="timeout">How long to try to connect and to authenticate; null (the default) uses the operating system's timeout.</param>
    /// <param name="cancellation">Cancels the attempt.</param>
    /// <returns>The connection.</returns>
    /// <exception cref="ArgumentException">The address is not valid on this operating system.</exception>
    /// <exception cref="IOException">No listener is at the address.</exception>
    /// <exception cref="AuthenticationException">The listener uses a different key, or none.</exception>
    /// <exception cref="EndOfStreamException">The listener closed the connection during authentication, usually because its process exited.</exception>
    /// <exception cref="MultiprocTimeoutException">
    /// The timeout expired, or authentication took longer than <see cref="ConnectionOptions.HandshakeTimeout"/>.
    /// </exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was canceled.</exception>
    /// <exception cref="PlatformNotSupportedException">The operating system is not supported.</exception>
    public static Connection Connect(string address, byte[]? authKey = null, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(address);
        cancellation.ThrowIfCancellationRequested();
        return OperatingSystem.IsWindows() && NamedPipes.IsName(address)
            ? ConnectAsync(address, authKey, timeout, cancellation).AsTask().GetAwaiter().GetResult()
            : Connect(SocketName.Find(address), authKey, timeout, cancellation);
    }

    /// <summary>Connects to a TCP port.</summary>
    /// <param name="endpoint">The IP address and the port.</param>
    /// <param name="authKey">The secret that both sides must know; null (the default) skips authentication.</param>
    /// <param name="timeout">How long to try to connect and to authenticate; null (the default) uses the operating system's timeout.</param>
    /// <param name="cancellation">Cancels the attempt.</param>
    /// <returns>The connection.</returns>
    /// <exception cref="IOException">No listener is at the address.</exception>
    /// <exception cref="AuthenticationException">The listener uses a different key, or none.</exception>
    /// <exception cref="EndOfStreamException">The listener closed the connection during authentication, usually because its process exited.</exception>
    /// <exception cref="MultiprocTimeoutException">
    /// The timeout expired, or authentication took longer than <see cref="ConnectionOptions.HandshakeTimeout"/>.
    /// </exception>
    public static Connection Connect(IPEndPoint endpoint, byte[]? authKey = null, TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        Connect([SocketName.Of(endpoint ?? throw new ArgumentNullException(nameof(endpoint)))], authKey, timeout, cancellation);

    /// <summary>Connects to a TCP port.</summary>
    /// <param name="address">The host and the port, like Python's tuple.</param>
    /// <param name="authKey">The secret that both sides must know; null (the default) skips authentication.</param>
    /// <param name="timeout">How long to try to connect and to authenticate; null (the default) uses the operating system's timeout.</param>
    /// <param name="cancellation">Cancels the attempt.</param>
    /// <returns>The connection.</returns>
    /// <exception cref="IOException">No listener is at the address, or the host is unknown.</exception>
    /// <exception cref="AuthenticationException">The listener uses a different key, or none.</exception>
    /// <exception cref="EndOfStreamException">The listener closed the connection during authentication, usually because its process exited.</exception>
    /// <exception cref="MultiprocTimeoutException">
    /// The timeout expired, or authentication took longer than <see cref="ConnectionOptions.HandshakeTimeout"/>.
    /// </exception>
    public static Connection Connect(
        (string Host, int Port) address, byte[]? authKey = null, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        return Connect(SocketName.Find(address.Host, address.Port), authKey, timeout, cancellation);
    }

    /// <summary>Asynchronously connects to a listener at an address: a TCP port, a Unix socket, or on Windows a named pipe.</summary>
    /// <param name="address">"host:port", the path of a Unix socket, or a NUL followed by a Linux abstract name; on Windows <c>\\.\pipe\name</c>.</param>
    /// <param name="authKey">The secret that both sides must know; null (the default) skips authentication.</param>
    /// <param name="timeout">How long to try to connect and to authenticate; null (the default) uses the operating system's timeout.</param>
    /// <param name="cancellation">Cancels the attempt.</param>
    /// <returns>The connection.</returns>
    /// <exception cref="ArgumentException">The address is not valid on this operating system.</exception>
    /// <exception cref="IOException">No listener is at the address.</exception>
    /// <exception cref="AuthenticationException">The listener uses a different key, or none.</exception>
    /// <exception cref="EndOfStreamException">The listener closed the connection during authentication, usually because its process exited.</exception>
    /// <exception cref="MultiprocTimeoutException">
    /// The timeout expired, or authentication took longer than <see cref="ConnectionOptions.HandshakeTimeout"/>.
    /// </exception>
    public static async ValueTask<Connection> ConnectAsync(
        string address, byte[]? authKey = null, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(address);
        cancellation.ThrowIfCancellationRequested();
        var deadline = Deadline.In(timeout);
        if (OperatingSystem.IsWindows() && NamedPipes.IsName(address))
        {
            var connection = await NamedPipes.ConnectAsync(address, deadline, cancellation).ConfigureAwait(false);
            if (authKey is not null)
            {
                await Handshake.AsClientAsync(connection, authKey, deadline, cancellation).ConfigureAwait(false);
            }

            return connection;
        }

        Endpoint.RequireSupport();
        var names = await Task.Run(() => SocketName.Find(address), cancellation).ConfigureAwait(false);
        for (int i = 0; ; i++)
        {
            Connection connection;
            try
            {
                connection = await ReachAsync(names[i], deadline, cancellation).ConfigureAwait(false);
            }
            catch (IOException) when (i + 1 < names.Count)
            {
                // A host name may resolve to several addresses, and not all of them may be listening.
                continue;
            }

            if (authKey is not null)
            {
                await Handshake.AsClientAsync(connection, authKey, deadline, cancellation).ConfigureAwait(false);
            }

            return connection;
        }
    }

    private static Connection Connect(IReadOnlyList<SocketName> names, byte[]? authKey, WaitTimeout timeout, CancellationToken cancellation)
    {
        Endpoint.RequireSupport();
        cancellation.ThrowIfCancellationRequested();
        var deadline = Deadline.In(timeout);
        for (int i = 0; ; i++)
        {
            Connection connection;
            try
            {
                connection = Reach(names[i], deadline, cancellation);
            }
            catch (IOException) when (i + 1 < names.Count)
            {
                // A host name may resolve to several addresses, and not all of them may be listening.
                continue;
            }

            if (authKey is not null)
            {
                Handshake.AsClient(connection, authKey, deadline, cancellation);
            }

            return connection;
        }
    }

    private static Connection Reach(SocketName name, Deadline deadline, CancellationToken cancellation)
    {
        var socket = StreamSocket.New(name);
        var stream = StreamSocket.Connected(socket, name.IsTcp);
        try
        {
            while (!StreamSocket.TryConnect(socket, name))
            {
                // A Unix listener whose backlog is full does not report "in progress": retry.
                if (name.IsTcp && stream.Endpoint.Wait(SocketCalls.PollOut, deadline, cancellation))
                {
                    StreamSocket.RequireConnected(socket, name);
                    break;
                }

                RequireTime(name, deadline);
                cancellation.WaitHandle.WaitOne(s_retry);
                cancellation.ThrowIfCancellationRequested();
            }

            return new Connection(stream);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    private static async ValueTask<Connection> ReachAsync(SocketName name, Deadline deadline, CancellationToken cancellation)
    {
        var socket = StreamSocket.New(name);
        var stream = StreamSocket.Connected(socket, name.IsTcp);
        try
        {
            while (!StreamSocket.TryConnect(socket, name))
            {
                if (name.IsTcp && await stream.Endpoint.WaitAsync(SocketCalls.PollOut, deadline, cancellation).ConfigureAwait(false))
                {
                    StreamSocket.RequireConnected(socket, name);
                    break;
                }

                RequireTime(name, deadline);
                await Task.Delay(s_retry, cancellation).ConfigureAwait(false);
            }

            return new Connection(stream);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    private static void RequireTime(SocketName name, Deadline deadline)
    {
        if (deadline.HasPassed)
        {
            throw new MultiprocTimeoutException(
                $"{name} could not be reached in time: its listener does not accept connections, or the network is unreachable.");
        }
    }
}
