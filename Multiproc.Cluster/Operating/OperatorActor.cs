using Akka.Actor;
using Akka.Event;
using Multiproc.Cluster.Nodes;
using Multiproc.Cluster.Sessions;
using Multiproc.Nodes;
using Multiproc.States;

namespace Multiproc.Cluster.Operating;

/// <summary>Answers other nodes, and commands, which come over the same connections as everything between nodes: with the key.</summary>
internal sealed class OperatorActor(ClusterNode node) : UntypedActor
{
    public const string Name = "operator";

    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);

    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly ILoggingAdapter _log = Context.GetLogger();

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ToOperator.Members:
                Sender.Tell(new FromOperator.MembersAre(node.Members));
                break;
            case ToOperator.Survey:
                _ = SurveyAsync([.. node.View.Entities.Values]).PipeTo(Sender, Self);
                break;
            case ToOperator.Pids asked:
                var here = Node.Current;
                Sender.Tell(new FromOperator.PidsAre([.. asked.Processes.Select(here.PidOf)]));
                break;
            case ToOperator.Sites asked:
                _ = SitesAsync(asked.Waiters).PipeTo(Sender, Self);
                break;
            case ToOperator.Inspect:
                _ = InspectAsync().PipeTo(Sender, Self);
                break;
            case ToOperator.Leave leave:
                Sender.Tell(Leave(leave.Address));
                break;
            case ToOperator.Down down:
                Sender.Tell(Down(down.Address));
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private static async Task<FromOperator> SurveyAsync(IReadOnlyList<IActorRef> entities)
    {
        var sights = await Task.WhenAll(entities.Select(async static each =>
        {
            try
            {
                return (await each.Ask<EntityLook>(EntityLook.Question, s_look).ConfigureAwait(false)).Sight;
            }
            catch (AskTimeoutException)
            {
                // It is being loaded, or has moved meanwhile.
                return null;
            }
        })).ConfigureAwait(false);
        return new FromOperator.SurveyIs([.. sights.OfType<EntitySight>()]);
    }

    private static async Task<FromOperator> SitesAsync(IReadOnlyList<(int Process, long Call)> waiters)
    {
        Caller[] callers = [.. waiters.Select(static each => new Caller(each.Process, each.Call))];
        var here = Node.Current;
        var sites = await here.CallSites.Ask(here, callers).ConfigureAwait(false);
        return new FromOperator.SitesAre([.. callers.Select(each => (sites[each].IsBlocked, sites[each].Place ?? ""))]);
    }

    private async Task<FromOperator> InspectAsync() => new FromOperator.InspectionIs(await node.Inspector.InspectAsync().ConfigureAwait(false));

    private FromOperator Leave(string address)
    {
        if (Find(address) is not { } member)
        {
            return Unknown(address);
        }

        _log.Warning("{0} was told to leave the cluster, by a command.", address);
        _cluster.Leave(member.Address);
        return new FromOperator.Done($"{address} leaves: its objects move first.");
    }

    private FromOperator Down(string address)
    {
        if (Find(address) is not { } member)
        {
            return Unknown(address);
        }

        if (!_cluster.State.Unreachable.Contains(member))
        {
            return new FromOperator.Failed(
                $"{address} is reachable for {node.Address}: have it leave, by which it loses nothing. 'down' is for nodes that are not.");
        }

        _log.Warning("The cluster was told to go on without {0}, by a command.", address);
        _cluster.Down(member.Address);
        return new FromOperator.Done($"The cluster goes on without {address}.");
    }

    private Akka.Cluster.Member? Find(string address) => _cluster.State.Members.FirstOrDefault(each => ClusterView.HostAndPort(each.Address) == address);

    private FromOperator.Failed Unknown(string address) =>
        new($"{address} is no member of the cluster. Its members are {string.Join(", ", node.Members.Select(static each => each.Address))}.");
}
