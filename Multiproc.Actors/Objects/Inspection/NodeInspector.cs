using Multiproc.Nodes;
using Multiproc.States;

namespace Multiproc.Objects.Inspection;

/// <summary>Takes snapshots of all objects of a node, one after the other: each is of one moment, but not all of the same moment.</summary>
internal static class NodeInspector
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    public static IReadOnlyList<(long Id, NodeObject Object, ObjectSnapshot Snapshot)> TakeSnapshots(Node node, Func<ObjectType, bool>? only = null)
    {
        var snapshots = new List<(long, NodeObject, ObjectSnapshot)>();
        foreach (var (id, found) in node.Objects.AllByNumber().Where(each => only is null || only(each.Value.Kind)))
        {
            var done = new TaskCompletionSource<ObjectSnapshot?>(TaskCreationOptions.RunContinuationsAsynchronously);
            node.Deliver(found, new SnapshotRequest(done));
            if (done.Task.WaitAsync(s_patience).GetAwaiter().GetResult() is { } snapshot)
            {
                snapshots.Add((id, found, snapshot));
            }
        }

        return snapshots;
    }

    /// <summary>Whether an object of some types has waiters; true also when one of the objects did not reply in time.</summary>
    public static bool AnyWaiter(Node node, Func<ObjectType, bool> only)
    {
        try
        {
            return TakeSnapshots(node, only).Any(static each => each.Snapshot.Waiting.Count > 0);
        }
        catch (TimeoutException)
        {
            return true;
        }
    }

    public static IReadOnlyList<ObjectReport> Report(Node node)
    {
        var now = node.Now;
        var reports = TakeSnapshots(node).Select(each => Report(node, each.Id, each.Object, each.Snapshot, now));
        return [.. reports.Concat(
            node.Objects.AllMemoryByNumber().Select(static each =>
                new ObjectReport { Id = each.Key, Type = each.Value.Type, Bytes = each.Value.Bytes })).OrderBy(static each => each.Id)];
    }

    private static ObjectReport Report(Node node, long id, NodeObject found, ObjectSnapshot snapshot, Instant now) => new()
    {
        Id = id,
        Type = found.Kind.Name,
        Bytes = found.Cell?.Size ?? 0,
        Holders = [.. snapshot.View.Holders.Select(each => new ObjectHolder(new ObjectParty(node.PidOf(each.Process), each.Thread), each.Count))],
        Waiters =
        [
            .. snapshot.Waiting.OrderBy(static each => each.Value.Ticks).Select(each => new ObjectWaiter(
                new ObjectParty(node.PidOf(each.Key.Process), snapshot.View.WaitingThreads.GetValueOrDefault(each.Key)),
                TimeSpan.FromTicks(Math.Max(0, now.Ticks - each.Value.Ticks)))),
        ],
        Counts = snapshot.View.Counts,
    };
}
