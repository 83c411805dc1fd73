using System.Net;
using Multiproc.Connections;
using Multiproc.Connections.Windows;
using Multiproc.Transport;
using Multiproc.Transport.Linux;

namespace Multiproc;

/// <summary>Connects to a <see cref="Listener"/>, or to CPython's <c>multiprocessing.connection.Listener</c>.</summary>
/// <example>
/// <code>
/// using var connection = Client.Connect("localhost:6000", "secret password"u8.ToArray());
/// Console.WriteLine(connection.Recv&lt;string&gt;());
/// </code>
/// </example>
public static class Client
{
    private static readonly TimeSpan s_retry = TimeSpan.FromMilliseconds(2);

    /// <summary>Connects.</summary>
    /// <param name="address">"host:port", the path of a Unix socket, or a NUL and a Linux abstract name; on Windows <c>\\.\pipe\name</c>.</param>
    /// <param name="authKey">Both sides must know it; null (the default): nobody is asked.</param>
    /// <param name="timeout">How long to try; null (the default): as long as the system does.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The connection.</returns>
    /// <exception cref="ArgumentException">It is no address of this system.</exception>
    /// <exception cref="IOException">Nobody listens there.</exception>
    /// <exception cref="AuthenticationException">The other side has another key, or asks for none.</exception>
    /// <exception cref="EndOfStreamException">The other side closed the connection before both had proved that they know the key: mostly because its process ended.</exception>
    /// <exception cref="MultiprocTimeoutException">It could not be reached in time, or did not prove itself within <see cref="ConnectionOptions.HandshakeTimeout"/>.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was canceled.</exception>
    /// <exception cref="PlatformNotSupportedException">Not on this system.</exception>
    public static Connection Connect(string address, byte[]? authKey = null, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(address);
        cancellation.ThrowIfCancellationRequested();
        return OperatingSystem.IsWindows() && NamedPipes.IsName(address)
            ? ConnectAsync(address, authKey, timeout, cancellation).AsTask().GetAwaiter().GetResult()
            : Connect(SocketName.Find(address), authKey, timeout, cancellation);
    }

    /// <summary>Connects to a TCP port.</summary>
    /// <param name="endpoint">Address and port.</param>
    /// <param name="authKey">Both sides must know it; null (the default): nobody is asked.</param>
    /// <param name="timeout">How long to try; null (the default): as long as the system does.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The connection.</returns>
    /// <exception cref="IOException">Nobody listens there.</exception>
    /// <exception cref="AuthenticationException">The other side has another key, or asks for none.</exception>
    /// <exception cref="EndOfStreamException">The other side closed the connection before both had proved that they know the key: mostly because its process ended.</exception>
    /// <exception cref="MultiprocTimeoutException">It could not be reached in time, or did not prove itself within <see cref="ConnectionOptions.HandshakeTimeout"/>.</exception>
    public static Connection Connect(IPEndPoint endpoint, byte[]? authKey = null, TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        Connect([SocketName.Of(endpoint ?? throw new ArgumentNullException(nameof(endpoint)))], authKey, timeout, cancellation);

    /// <summary>Connects to a TCP port.</summary>
    /// <param name="address">Host and port, as Python's tuple.</param>
    /// <param name="authKey">Both sides must know it; null (the default): nobody is asked.</param>
    /// <param name="timeout">How long to try; null (the default): as long as the system does.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The connection.</returns>
    /// <exception cref="IOException">Nobody listens there, or the host is not known.</exception>
    /// <exception cref="AuthenticationException">The other side has another key, or asks for none.</exception>
    /// <exception cref="EndOfStreamException">The other side closed the connection before both had proved that they know the key: mostly because its process ended.</exception>
    /// <exception cref="MultiprocTimeoutException">It could not be reached in time, or did not prove itself within <see cref="ConnectionOptions.HandshakeTimeout"/>.</exception>
    public static Connection Connect((string Host, int Port) address, byte[]? authKey = null, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        return Connect(SocketName.Find(address.Host, address.Port), authKey, timeout, cancellation);
    }

    /// <summary>The same as <see cref="Connect(string, byte[], TimeSpan?, CancellationToken)"/>, without a blocked thread.</summary>
    /// <param name="address">"host:port", the path of a Unix socket, or a NUL and a Linux abstract name; on Windows <c>\\.\pipe\name</c>.</param>
    /// <param name="authKey">Both sides must know it; null (the default): nobody is asked.</param>
    /// <param name="timeout">How long to try; null (the default): as long as the system does.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The connection.</returns>
    /// <exception cref="ArgumentException">It is no address of this system.</exception>
    /// <exception cref="IOException">Nobody listens there.</exception>
    /// <exception cref="AuthenticationException">The other side has another key, or asks for none.</exception>
    /// <exception cref="EndOfStreamException">The other side closed the connection before both had proved that they know the key: mostly because its process ended.</exception>
    /// <exception cref="MultiprocTimeoutException">It could not be reached in time, or did not prove itself within <see cref="ConnectionOptions.HandshakeTimeout"/>.</exception>
    public static async ValueTask<Connection> ConnectAsync(string address, byte[]? authKey = null, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(address);
        cancellation.ThrowIfCancellationRequested();
        if (OperatingSystem.IsWindows() && NamedPipes.IsName(address))
        {
            var connection = await NamedPipes.ConnectAsync(address, Deadline.In(timeout), cancellation).ConfigureAwait(false);
            if (authKey is not null)
            {
                await Handshake.AsClientAsync(connection, authKey, cancellation).ConfigureAwait(false);
            }

            return connection;
        }

        Endpoint.RequireSupport();
        var names = await Task.Run(() => SocketName.Find(address), cancellation).ConfigureAwait(false);
        var deadline = Deadline.In(timeout);
        for (int i = 0; ; i++)
        {
            Connection connection;
            try
            {
                connection = await ReachAsync(names[i], deadline, cancellation).ConfigureAwait(false);
            }
            catch (IOException) when (i + 1 < names.Count)
            {
                // A name may mean several places, and not all of them listen.
                continue;
            }

            if (authKey is not null)
            {
                await Handshake.AsClientAsync(connection, authKey, cancellation).ConfigureAwait(false);
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
                // A name may mean several places, and not all of them listen.
                continue;
            }

            if (authKey is not null)
            {
                Handshake.AsClient(connection, authKey, cancellation);
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
                // A Unix listener whose backlog is full is not "in progress": one tries again.
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
            throw new MultiprocTimeoutException($"{name} could not be reached in time: its listener does not accept, or the network does not answer.");
        }
    }
}
