using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace Multiproc.Peers.Clusters;

/// <summary>A Redis server of its own, from Debian's package redis-server: on a free port of loopback, in a temporary folder.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly string _folder = Directory.CreateTempSubdirectory("multiproc-redis-").FullName;
    private readonly Process _process;
    private readonly int _port;

    /// <param name="isDurable">Whether each write is on the disk before its reply: an append-only file with fsync always. Else nothing is written.</param>
    public RedisServer(bool isDurable)
    {
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            _port = ((IPEndPoint)listener.LocalEndpoint).Port;
        }

        string[] durability = isDurable ? ["--appendonly", "yes", "--appendfsync", "always"] : ["--appendonly", "no"];
        try
        {
            _process = Process.Start(new ProcessStartInfo(
                "redis-server", ["--port", $"{_port}", "--bind", "127.0.0.1", "--dir", _folder, "--save", "", .. durability])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
            })!;
        }
        catch (Win32Exception absent)
        {
            Directory.Delete(_folder);
            throw new InvalidOperationException("There is no redis-server on the PATH: install Debian's package redis-server.", absent);
        }

        _ = _process.StandardOutput.ReadToEndAsync();
    }

    /// <summary>Connects, as soon as it listens.</summary>
    public async Task<ConnectionMultiplexer> ConnectAsync()
    {
        for (long begun = Stopwatch.GetTimestamp(); ;)
        {
            try
            {
                return await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{_port}").ConfigureAwait(false);
            }
            catch (RedisConnectionException) when (Stopwatch.GetElapsedTime(begun) < s_patience && !_process.HasExited)
            {
                // It is starting.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().ConfigureAwait(false);
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
