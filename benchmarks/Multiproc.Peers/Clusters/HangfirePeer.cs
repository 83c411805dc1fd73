using System.Diagnostics;
using Hangfire;
using Hangfire.PostgreSql;

namespace Multiproc.Peers.Clusters;

/// <summary>Jobs of Hangfire on PostgreSQL, with two workers.</summary>
internal sealed class HangfirePeer : IDisposable
{
    private const int Workers = 2;

    private static readonly TimeSpan s_bound = TimeSpan.FromMinutes(2);
    private static readonly SemaphoreSlim s_done = new(0);

    private readonly BackgroundJobClient _client;
    private readonly BackgroundJobServer _server;

    public HangfirePeer(string connection)
    {
        var storage = new PostgreSqlStorage(
            new Hangfire.PostgreSql.Factories.NpgsqlConnectionFactory(connection, new PostgreSqlStorageOptions()),
            new PostgreSqlStorageOptions { QueuePollInterval = TimeSpan.FromMilliseconds(50), EnableLongPolling = true });
        _client = new BackgroundJobClient(storage);
        _server = new BackgroundJobServer(
            new BackgroundJobServerOptions { WorkerCount = Workers, SchedulePollingInterval = TimeSpan.FromSeconds(1) }, storage);
    }

    /// <summary>Milliseconds from the order of one job to its end.</summary>
    public double Latency(int count)
    {
        var times = new List<double>();
        for (int i = 0; i < count; i++)
        {
            long begun = Stopwatch.GetTimestamp();
            _client.Enqueue(static () => Job());
            AwaitOne();
            times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        }

        return times.Order().ElementAt(count / 2);
    }

    /// <summary>Jobs per second, from the order of the first to the end of the last.</summary>
    public double Rate(int count)
    {
        long begun = Stopwatch.GetTimestamp();
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = 4 }, _ => _client.Enqueue(static () => Job()));
        for (int i = 0; i < count; i++)
        {
            AwaitOne();
        }

        return count / Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }

    /// <summary>Public, as Hangfire requires of jobs.</summary>
    public static void Job() => s_done.Release();

    public void Dispose() => _server.Dispose();

    private static void AwaitOne()
    {
        if (!s_done.Wait(s_bound))
        {
            throw new TimeoutException($"A job was not done within {s_bound}.");
        }
    }
}
