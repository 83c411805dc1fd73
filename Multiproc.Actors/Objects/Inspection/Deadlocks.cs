using Multiproc.Nodes;
using Multiproc.Peers;
using Multiproc.Objects.Locks;
using Multiproc.Objects.ReadWriteLocks;
using Multiproc.States;

namespace Multiproc.Objects.Inspection;

/// <summary>
/// Finds cycles of threads that wait for locks, of this node and of those of this machine that it is connected to. Snapshots of the objects are taken one after
/// the other, so each object is read twice, and the second round begins when the first is complete: what is in both snapshots, the same wait for the same hold,
/// was true all the time between them, and so the whole cycle was true at one moment.
/// </summary>
internal static class Deadlocks
{
    /// <summary>Whether a thread may hold objects of this type while it waits for others.</summary>
    public static bool IsLock(ObjectType type) => type == LockType.Instance || type == ReadWriteLockType.Instance;

    public static IReadOnlyList<DeadlockReport> Find(Node node) => FindAsync(node).GetAwaiter().GetResult();

    /// <summary>The waits at the locks of a node, with process ids in place of the node's own numbers.</summary>
    public static IReadOnlyList<LockWait> WaitsOf(Node node) =>
    [
        .. from edge in EdgesOf(NodeInspector.TakeSnapshots(node, IsLock))
           let waiter = node.PidOf(edge.From.Process)
           let holder = node.PidOf(edge.To.Process)
           where waiter != 0 && holder != 0
           select new LockWait(edge.Waiter, waiter, edge.From.Thread, edge.Object, holder, edge.To.Thread, edge.Fence),
    ];

    private static async Task<IReadOnlyList<DeadlockReport>> FindAsync(Node node)
    {
        var standing = await WaitsEverywhere(node).ConfigureAwait(false);
        if (standing.Count > 0)
        {
            standing.IntersectWith(await WaitsEverywhere(node).ConfigureAwait(false));
        }

        // The process number of an edge is here the process id, which is the same at all nodes of this machine.
        var byEdge = standing.ToLookup(static each => new Edge(
            new Party(each.Wait.WaiterPid, each.Wait.WaiterThread),
            each.Wait.Object,
            new Party(each.Wait.HolderPid, each.Wait.HolderThread),
            each.Wait.Waiter.Call,
            each.Wait.Fence));
        var cycles = Cycles(byEdge.Select(static each => each.Key));
        var reports = await Task.WhenAll(cycles.Select(cycle => Describe(node, [.. cycle.Select(edge => byEdge[edge].First())]))).ConfigureAwait(false);
        return [.. reports.OfType<DeadlockReport>()];
    }

    private static async Task<HashSet<(Peer? Owner, LockWait Wait)>> WaitsEverywhere(Node node)
    {
        var others = node.LockWaits.Ask(node.Peers.Near());
        var own = WaitsOf(node).Select(static wait => ((Peer?)null, wait));
        return [.. own, .. (await others.ConfigureAwait(false)).Select(static each => ((Peer?)each.Owner, each.Wait))];
    }

    private static async Task<DeadlockReport?> Describe(Node node, IReadOnlyList<(Peer? Owner, LockWait Wait)> cycle)
    {
        var sites = new Dictionary<(Peer? Owner, LockWait Wait), WaitSite>();
        foreach (var ofOwner in cycle.GroupBy(static each => each.Owner))
        {
            List<Caller> waiters = [.. ofOwner.Select(static each => each.Wait.Waiter)];
            var asked = ofOwner.Key is { } owner ? node.LockWaits.AskSites(owner, waiters) : OwnSites(node, waiters);
            var told = await asked.ConfigureAwait(false);
            foreach (var (wait, site) in ofOwner.Zip(told))
            {
                sites[wait] = site;
            }
        }

        if (!sites.Values.All(static site => site.IsBlocked))
        {
            return null;
        }

        var steps = cycle.Select(each =>
            new DeadlockStep(new ObjectParty(each.Wait.WaiterPid, each.Wait.WaiterThread), each.Wait.Object, sites[each].Place));
        return new DeadlockReport([.. steps]);
    }

    private static async Task<IReadOnlyList<WaitSite>> OwnSites(Node node, IReadOnlyList<Caller> waiters)
    {
        var sites = await node.CallSites.Ask(node, waiters).ConfigureAwait(false);
        return [.. waiters.Select(each => sites[each])];
    }

    /// <summary>
    /// Asks the waiters where in the code they wait. Null when one of them does not block a thread: it has continued meanwhile, or waits by <c>await</c>, so
    /// that its thread, which may hold another lock of the cycle, is free to continue.
    /// </summary>
    public static async Task<DeadlockReport?> Describe(Node node, IReadOnlyList<Edge> cycle)
    {
        var sites = await node.CallSites.Ask(node, [.. cycle.Select(static each => each.Waiter)]).ConfigureAwait(false);
        return cycle.All(each => sites[each.Waiter].IsBlocked)
            ? new DeadlockReport(
                [.. cycle.Select(each =>
                    new DeadlockStep(new ObjectParty(node.PidOf(each.From.Process), each.From.Thread), each.Object, sites[each.Waiter].Place))])
            : null;
    }

    /// <summary>Finds each cycle once. A thread may have several waits, since asynchronous ones do not block it.</summary>
    public static IEnumerable<IReadOnlyList<Edge>> Cycles(IEnumerable<Edge> edges)
    {
        var byWaiter = edges.ToLookup(static edge => edge.From);
        var done = new HashSet<Party>();
        foreach (var start in byWaiter.Select(static each => each.Key).OrderBy(static each => (each.Process, each.Thread)))
        {
            if (Walk(start, byWaiter, done, []) is { } cycle)
            {
                yield return cycle;
            }
        }
    }

    private static List<Edge>? Walk(Party at, ILookup<Party, Edge> edges, HashSet<Party> done, List<Edge> path)
    {
        int begin = path.FindIndex(edge => edge.From == at);
        if (begin >= 0)
        {
            return path[begin..];
        }

        if (done.Contains(at))
        {
            return null;
        }

        List<Edge>? found = null;
        foreach (var edge in edges[at])
        {
            path.Add(edge);
            found ??= Walk(edge.To, edges, done, path);
            path.RemoveAt(path.Count - 1);
        }

        done.Add(at);
        return found;
    }

    public static HashSet<Edge> EdgesOf(IEnumerable<(long Id, NodeObject Object, ObjectSnapshot Snapshot)> snapshots) =>
    [
        .. from each in snapshots
           from wait in each.Snapshot.View.AllWaits()
           let thread = each.Snapshot.View.WaitingThreads.GetValueOrDefault(wait.Waiter)
           where wait.Holder.Thread != 0 && thread != 0
           select new Edge(
               new Party(wait.Waiter.Process, thread), each.Id, new Party(wait.Holder.Process, wait.Holder.Thread), wait.Waiter.Call,
               each.Snapshot.View.Counts.GetValueOrDefault(LockState.FenceName)),
    ];

    public readonly record struct Party(int Process, int Thread);

    /// <summary>A wait of one party for a lock that another holds; the call and the fence distinguish it from a later wait for a later hold.</summary>
    public readonly record struct Edge(Party From, long Object, Party To, long Call = 0, long Fence = 0)
    {
        public Caller Waiter => new(From.Process, Call);
    }
}
