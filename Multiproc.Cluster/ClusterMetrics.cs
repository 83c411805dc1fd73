using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Multiproc.Processes;

namespace Multiproc.Cluster;

/// <summary>The metrics of the nodes of this process, published by the meter "Multiproc".</summary>
internal static class ClusterMetrics
{
    private const string Listener = "A listener of the meter of clusters";

    private static readonly Meter s_meter = new("Multiproc");

    /// <summary>The nodes of this process: one, except in tests.</summary>
    private static readonly ConcurrentDictionary<string, Func<(int Members, int Unreachable, int Objects)>> s_nodes = new();

    static ClusterMetrics()
    {
        s_meter.CreateObservableGauge("multiproc.cluster.members", static () => Gauge(static each => each.Members), "{node}", "Members of the cluster, as this "
            + "node knows them.");
        s_meter.CreateObservableGauge("multiproc.cluster.members.unreachable", static () => Gauge(static each => each.Unreachable), "{node}", "Members that "
            + "cannot be reached.");
        s_meter.CreateObservableGauge("multiproc.cluster.objects", static () => Gauge(static each => each.Objects), "{object}", "Objects that live in this "
            + "node.");
    }

    public static Counter<long> Calls { get; } = s_meter.CreateCounter<long>("multiproc.cluster.calls", "{call}", "Calls of objects of the cluster by "
        + "processes of this node.");

    public static Counter<long> Resent { get; } = s_meter.CreateCounter<long>("multiproc.cluster.messages.resent", "{message}", "Messages to objects that "
        + "were sent again, or asked for what waits.");

    public static Counter<long> SessionsLost { get; } = s_meter.CreateCounter<long>("multiproc.cluster.sessions.lost", "{session}", "Objects that had taken "
        + "this node for dead.");

    public static Counter<long> ObjectsLoaded { get; } = s_meter.CreateCounter<long>("multiproc.cluster.objects.loaded", "{object}", "Objects that this node "
        + "loaded from the journal, at their first use or to take them over.");

    public static Counter<long> ObjectsFenced { get; } = s_meter.CreateCounter<long>("multiproc.cluster.objects.fenced", "{object}", "Objects that this node "
        + "gave up because another one had written to their journal.");

    public static Counter<long> Records { get; } = s_meter.CreateCounter<long>("multiproc.cluster.journal.records", "{record}", "Records that this node "
        + "wrote to journals.");

    public static Histogram<double> WriteTime { get; } = s_meter.CreateHistogram<double>(
        "multiproc.cluster.journal.write.duration", "s", "How long the journal took for the records that went to it together.");

    public static void Add(string node, Func<(int Members, int Unreachable, int Objects)> look) => s_nodes[node] = look;

    public static void Remove(string node) => s_nodes.TryRemove(node, out _);

    /// <summary>Adds to a counter. Listeners are code of the program, and this thread may be one of Akka's, so their exceptions are caught.</summary>
    public static void Count(Counter<long> counter, long count = 1)
    {
        if (counter.Enabled && count > 0)
        {
            Guarded(() => counter.Add(count));
        }
    }

    /// <summary>Records the time since a moment.</summary>
    public static void RecordSince(Histogram<double> times, long begun)
    {
        if (times.Enabled)
        {
            Guarded(() => times.Record(Stopwatch.GetElapsedTime(begun).TotalSeconds));
        }
    }

    private static void Guarded(Action tell)
    {
        try
        {
            tell();
        }
        catch (Exception failure)
        {
            UserCode.Tell(Listener, failure);
        }
    }

    private static IEnumerable<Measurement<long>> Gauge(Func<(int Members, int Unreachable, int Objects), int> choose) =>
        s_nodes.Select(each => new Measurement<long>(choose(each.Value()), new KeyValuePair<string, object?>("node", each.Key)));
}
