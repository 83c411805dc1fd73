using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Multiproc.Tests.Support;

/// <summary>Stands between a client and a TCP server, passes everything on, and cuts connections when it is told to.</summary>
internal sealed class CuttingProxy : IDisposable
{
    private readonly IPEndPoint _server;
    private readonly ConcurrentDictionary<Socket, byte> _open = new();
    private readonly ConcurrentDictionary<Socket, byte> _held = new();
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private int _accepted;
    private int _refused;
    private long _fromClient;
    private volatile bool _closed;

    public CuttingProxy(string host, int port)
    {
        _server = new IPEndPoint(IPAddress.Parse(host), port);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        Start(Accept);
    }

    public int Port { get; }

    /// <summary>How many connections were passed on so far.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Bytes that clients have sent and the server was given.</summary>
    public long FromClient => Interlocked.Read(ref _fromClient);

    /// <summary>While set, new connections are cut at once.</summary>
    public bool IsClosed
    {
        get => _closed;
        set => _closed = value;
    }

    /// <summary>How many connections were cut at once so far.</summary>
    public int Refused => Volatile.Read(ref _refused);

    /// <summary>What the server says over the connections there are is swallowed from now on; those that come later are passed on.</summary>
    public void HoldAnswers()
    {
        foreach (var socket in _open.Keys)
        {
            _held[socket] = 0;
        }
    }

    /// <summary>Cuts all connections there are.</summary>
    public void Cut()
    {
        // One by one: a connection that comes meanwhile must not be forgotten uncut.
        foreach (var socket in _open.Keys)
        {
            _open.TryRemove(socket, out _);
            socket.Dispose();
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        Cut();
    }

    private static void Start(Action body) => new Thread(() =>
    {
        try
        {
            body();
        }
        catch (Exception cut) when (cut is SocketException or ObjectDisposedException)
        {
            // It was cut, or one of the two sides has ended.
        }
    }) { IsBackground = true }.Start();

    private void Accept()
    {
        while (true)
        {
            var client = _listener.Accept();
            if (_closed)
            {
                client.Dispose();
                Interlocked.Increment(ref _refused);
                continue;
            }

            var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            client.NoDelay = true;
            server.Connect(_server);
            _open[client] = 0;
            _open[server] = 0;
            Interlocked.Increment(ref _accepted);
            Start(() => Pass(client, server, () => false, count => Interlocked.Add(ref _fromClient, count)));
            Start(() => Pass(server, client, () => _held.ContainsKey(server), static _ => { }));
        }
    }

    private void Pass(Socket from, Socket to, Func<bool> swallows, Action<int> passed)
    {
        try
        {
            byte[] buffer = new byte[64 * 1024];
            while (from.Receive(buffer) is > 0 and var count)
            {
                for (int sent = 0; sent < count && !swallows();)
                {
                    sent += to.Send(buffer.AsSpan(sent, count - sent));
                }

                passed(count);
            }
        }
        finally
        {
            from.Dispose();
            to.Dispose();
        }
    }
}
