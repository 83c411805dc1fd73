using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Multiproc.Cluster.Tests.Nodes;

/// <summary>Nodes that do not belong to a cluster are refused, and told on both sides.</summary>
[Collection(NodeTests.Name)]
public sealed class AdmissionTests : IDisposable
{
    private readonly Records _log = new();
    private readonly ClusterFolder _folder = new();
    private readonly ClusterContext _here;

    public AdmissionTests()
    {
        Mp.LogTo(_log, LogLevel.Warning);
        _here = Mp.Cluster(_folder.Options());
    }

    public void Dispose()
    {
        _here.Dispose();
        _folder.Dispose();
        Mp.LogTo(new Records(), LogLevel.None);
    }

    [Fact]
    public void Nodes_ThatDoNotBelong_AreRefusedAndToldOnBothSides()
    {
        var good = _folder.Options(_here.Address);
        Should.Throw<AuthenticationException>(() => Mp.Cluster(good with { AuthKey = "another key, also of 32 bytes..."u8.ToArray() }))
            .Message.ShouldContain($"{_here.Address}: has another AuthKey");
        Told("another AuthKey");

        Should.Throw<MultiprocException>(() => Mp.Cluster(good with { Version = "77.0.0" })).Message.ShouldContain("same major and minor version");
        Told("77.0.0");

        using var other = new ClusterFolder();
        Should.Throw<MultiprocException>(() => Mp.Cluster(good with { Storage = ClusterStorage.Sqlite(other.Journal) }))
            .Message.ShouldContain("same storage");
        Told(other.Journal);

        // A second cluster on the same journal, by mistake: without seeds, or with itself as the first.
        Should.Throw<MultiprocException>(() => Mp.Cluster(good with { Seeds = [] }))
            .Message.ShouldContain($"in use by a cluster with the nodes {_here.Address}");
        int port = int.Parse(_here.Address.Split(':')[1]);
        Should.Throw<MultiprocException>(() => Mp.Cluster(good with { Port = port })).Message.ShouldContain("another process has the port");
        Should.Throw<MultiprocException>(() => Mp.Cluster(good with { Host = "192.0.2.1" })).Message.ShouldContain("address of this machine");
        var late = Should.Throw<MultiprocTimeoutException>(() => Mp.Cluster(good with { Seeds = ["127.0.0.1:1"], Timeout = TimeSpan.FromSeconds(0.5) }));
        late.Message.ShouldContain("127.0.0.1:1: cannot be reached");
        Should.Throw<ArgumentException>(() => Mp.Cluster(good with { Seeds = ["nowhere"] })).Message.ShouldContain("host:port");
        _here.Members.Count.ShouldBe(1);
        _here.Queue<int>("still there").Put(1);
    }

    private void Told(string what) => TestKit.Await.Until(
        $"'{what}' in the log of the node that refused", () => _log.Texts.Any(each => each.Contains(what, StringComparison.Ordinal)));

    private sealed class Records : ILogger
    {
        public ConcurrentQueue<string> Texts { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Texts.Enqueue(formatter(state, exception));
    }
}
