using Akka.Actor;
using Multiproc.Cluster.Nodes;
using Multiproc.Cluster.Sessions;

namespace Multiproc.Cluster.Operating;

/// <summary>Asks all nodes of a cluster for the objects that live there, then for the processes that hold them or wait for them.</summary>
internal sealed class Inspector(ActorSystem system)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(system);

    public async Task<ClusterReport> InspectAsync()
    {
        var (sights, silent) = await LookAsync().ConfigureAwait(false);
        var processes = sights.SelectMany(static each => each.Sight.Holders.Concat(each.Sight.Waiters))
            .Select(static each => (each.Node, each.Process)).Where(static each => each.Node.Length > 0).ToHashSet();
        var pids = await PidsAsync(processes).ConfigureAwait(false);
        return new ClusterReport(
            [.. sights.Select(each => Report(each.Sight, each.Node)).OrderBy(static each => each.Name, StringComparer.Ordinal)], silent);

        ClusterObjectReport Report(EntitySight sight, string node) => new()
        {
            Name = sight.Name,
            Type = sight.Type,
            Node = node,
            Holders = [.. sight.Holders.Select(each => new ClusterHolder(Who(each), each.Amount))],
            Waiters = [.. sight.Waiters.Select(Who)],
            Counts = sight.Counts,
        };

        ClusterParty Who(SightParty party) =>
            new(ClusterView.HostAndPort(party.Node), pids.GetValueOrDefault((party.Node, party.Process)), party.Thread);
    }

    /// <summary>What all nodes see of their objects, with their addresses; and the nodes that did not answer.</summary>
    public async Task<(IReadOnlyList<(EntitySight Sight, string Node)> Sights, IReadOnlyList<string> Silent)> LookAsync()
    {
        var members = _cluster.State.Members.Select(static each => each.Address).ToArray();
        var answers = await Task.WhenAll(members.Select(each => AskAsync<FromOperator.SurveyIs>(each, new ToOperator.Survey()))).ConfigureAwait(false);
        var asked = members.Zip(answers, static (member, answer) => (Node: ClusterView.HostAndPort(member), answer?.Objects)).ToArray();
        return (
            [.. asked.SelectMany(static each => (each.Objects ?? []).Select(sight => (sight, each.Node)))],
            [.. asked.Where(static each => each.Objects is null).Select(static each => each.Node)]);
    }

    public async Task<Dictionary<(string Node, int Process), int>> PidsAsync(IEnumerable<(string Node, int Process)> processes)
    {
        var found = new Dictionary<(string, int), int>();
        var asked = processes.GroupBy(static each => each.Node).Select(async ofNode =>
        {
            int[] numbers = [.. ofNode.Select(static each => each.Process)];
            var pids = Find(ofNode.Key) is not { } member
                ? null
                : await AskAsync<FromOperator.PidsAre>(member, new ToOperator.Pids(numbers)).ConfigureAwait(false);
            return (ofNode.Key, numbers, pids?.Pids ?? []);
        });
        foreach (var (node, numbers, pids) in await Task.WhenAll(asked).ConfigureAwait(false))
        {
            foreach (var (number, pid) in numbers.Zip(pids))
            {
                found[(node, number)] = pid;
            }
        }

        return found;
    }

    /// <summary>Where threads wait, for those of nodes that answered.</summary>
    public async Task<Dictionary<SightParty, (bool IsBlocked, string? Place)>> SitesAsync(IEnumerable<SightParty> waiters)
    {
        var found = new Dictionary<SightParty, (bool, string?)>();
        foreach (var ofNode in waiters.GroupBy(static each => each.Node))
        {
            SightParty[] asked = [.. ofNode];
            if (Find(ofNode.Key) is { } member
                && await AskAsync<FromOperator.SitesAre>(member, new ToOperator.Sites([.. asked.Select(static each => (each.Process, each.Amount))]))
                    .ConfigureAwait(false) is { } told)
            {
                foreach (var (waiter, site) in asked.Zip(told.Sites))
                {
                    found[waiter] = (site.IsBlocked, site.Place.Length == 0 ? null : site.Place);
                }
            }
        }

        return found;
    }

    private Address? Find(string node) => _cluster.State.Members.FirstOrDefault(each => ClusterView.NameOf(each.UniqueAddress) == node)?.Address;

    private async Task<T?> AskAsync<T>(Address node, ToOperator question)
        where T : FromOperator
    {
        try
        {
            return await system.ActorSelection(new RootActorPath(node) / "user" / OperatorActor.Name)
                .Ask<FromOperator>(question, s_patience).ConfigureAwait(false) as T;
        }
        catch (AskTimeoutException)
        {
            return null;
        }
    }
}
