using Multiproc.Cluster.Nodes;
using Multiproc.Cluster.Sessions;
using Multiproc.Objects.Inspection;
using Multiproc.Objects.Locks;
using Multiproc.Objects.ReadWriteLocks;

namespace Multiproc.Cluster.Operating;

/// <summary>
/// Finds cycles of threads that wait for locks of the cluster. Objects are looked at one after the other, so all are looked at twice: a wait for a hold that
/// both looks saw, with the same call and the same fence, was there all the time between them, and so the whole cycle was there at one moment.
/// </summary>
internal sealed class DeadlockSearch(Inspector inspector)
{
    public async Task<IReadOnlyList<ClusterDeadlock>> FindAsync()
    {
        var standing = await WaitsAsync().ConfigureAwait(false);
        if (standing.Count > 0)
        {
            standing.IntersectWith(await WaitsAsync().ConfigureAwait(false));
        }

        var deadlocks = new List<ClusterDeadlock>();
        foreach (var cycle in CyclesOf(standing))
        {
            var sites = await inspector.SitesAsync(cycle.Select(static each => each.Waiter)).ConfigureAwait(false);

            // A waiter that does not block a thread has gone on meanwhile, or waits by await: its thread may still release what it holds.
            if (cycle.All(each => sites.TryGetValue(each.Waiter, out var site) && site.IsBlocked))
            {
                var pids = await inspector.PidsAsync(cycle.Select(static each => (each.Waiter.Node, each.Waiter.Process))).ConfigureAwait(false);
                deadlocks.Add(new ClusterDeadlock(
                [
                    .. cycle.Select(each => new ClusterDeadlockStep(
                        new ClusterParty(
                            ClusterView.HostAndPort(each.Waiter.Node), pids.GetValueOrDefault((each.Waiter.Node, each.Waiter.Process)), each.Waiter.Thread),
                        each.Lock,
                        sites[each.Waiter].Place)),
                ]));
            }
        }

        return deadlocks;
    }

    /// <summary>Each cycle once, in the order of its waits.</summary>
    public static IEnumerable<IReadOnlyList<Wait>> CyclesOf(IReadOnlyCollection<Wait> waits)
    {
        // The search for cycles knows processes by numbers.
        var processes = new Dictionary<(string Node, int Process), int>();
        var byEdge = waits.ToLookup(each => new Deadlocks.Edge(
            new Deadlocks.Party(NumberOf(each.Waiter), each.Waiter.Thread), 0, new Deadlocks.Party(NumberOf(each.Holder), each.Holder.Thread),
            each.Waiter.Amount, each.Fence));
        return Deadlocks.Cycles(byEdge.Select(static each => each.Key)).Select(cycle => (IReadOnlyList<Wait>)[.. cycle.Select(edge => byEdge[edge].First())]);

        int NumberOf(SightParty party)
        {
            var process = (party.Node, party.Process);
            return processes.TryGetValue(process, out int known) ? known : processes[process] = processes.Count + 1;
        }
    }

    private async Task<HashSet<Wait>> WaitsAsync()
    {
        var (sights, _) = await inspector.LookAsync().ConfigureAwait(false);
        return
        [
            .. from each in sights
               where each.Sight.Type == LockType.Instance.Name || each.Sight.Type == ReadWriteLockType.Instance.Name
               from wait in each.Sight.AllWaits()
               where wait.Waiter.Thread != 0 && wait.Holder.Thread != 0
               select new Wait(wait.Waiter, each.Sight.Name, wait.Holder, each.Sight.Counts.GetValueOrDefault(LockState.FenceName)),
        ];
    }

    /// <summary>A thread that waits for a lock that another one holds.</summary>
    public readonly record struct Wait(SightParty Waiter, string Lock, SightParty Holder, long Fence);
}
