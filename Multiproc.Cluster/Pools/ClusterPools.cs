using Akka.Actor;
using Multiproc.Cluster.Nodes;
using Multiproc.Transport;

namespace Multiproc.Cluster.Pools;

/// <summary>The pools of a node: those that this process has made, and the agent for those of others. Knows where agents are.</summary>
internal sealed class ClusterPools
{
    private readonly ActorSystem _system;
    private readonly ClusterOptions _options;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Known> _members = [];
    private readonly List<NodePool> _pools = [];
    private readonly NodePort _port;
    private readonly string _self;
    private string? _ended;

    public ClusterPools(ActorSystem system, ClusterOptions options, string self, string address, NodePort port)
    {
        (_system, _options, _self, Address, _port) = (system, options, self, address, port);
        Agent = new PoolAgent(options, address, port);
        Program = Agent.Program;
    }

    public PoolAgent Agent { get; }

    /// <summary>Where this node is reached.</summary>
    public string Address { get; }

    public Func<ProgramIdentity> Program { get; }

    public int LargestInput => _options.LargestPoolInput;

    /// <summary>Tells a pool of the members there are, and of all changes from now on.</summary>
    /// <exception cref="ConnectionLostException">This node is no longer in the cluster.</exception>
    public void Add(NodePool pool)
    {
        lock (_gate)
        {
            if (_ended is { } reason)
            {
                throw new ConnectionLostException($"No pool can be made: {reason}");
            }

            _pools.Add(pool);
            foreach (var (name, member) in _members)
            {
                Tell(pool, name, member);
            }
        }

        pool.StepAll();
    }

    public void Remove(NodePool pool)
    {
        lock (_gate)
        {
            _pools.Remove(pool);
        }
    }

    /// <summary>Hears of a member; in the order of its changes.</summary>
    public void OnMember(Akka.Cluster.Member member)
    {
        string name = ClusterView.NameOf(member.UniqueAddress);
        var known = new Known(member.Address, [.. member.Roles], member.Status);
        NodePool[] pools;
        lock (_gate)
        {
            if (member.Status is Akka.Cluster.MemberStatus.Removed)
            {
                _members.Remove(name);
            }
            else
            {
                _members[name] = known;
            }

            pools = [.. _pools];
            Array.ForEach(pools, pool => Tell(pool, name, known));
        }

        Array.ForEach(pools, static pool => pool.StepAll());
    }

    /// <summary>Connects to the agent of a node.</summary>
    /// <exception cref="MultiprocException">It does not answer, or cannot be reached.</exception>
    public async Task<(ILink Link, string Address, bool IsSelf)> ConnectAsync(string node)
    {
        Known? known;
        lock (_gate)
        {
            known = _members.GetValueOrDefault(node);
        }

        if (known is null)
        {
            throw new ConnectionLostException("It is no member of the cluster any more.");
        }

        string address = ClusterView.HostAndPort(known.Address);
        if (node == _self)
        {
            return (Agent.ConnectHere(), address, true);
        }

        var link = await _port.ConnectAsync(_system, known.Address, PoolAgent.Service).ConfigureAwait(false);
        return (link, address, false);
    }

    /// <summary>This node is no longer in the cluster: its own pools fail, and workers for others end.</summary>
    public void End(string reason)
    {
        NodePool[] pools;
        lock (_gate)
        {
            if (_ended is not null)
            {
                return;
            }

            _ended = reason;
            pools = [.. _pools];
        }

        Array.ForEach(pools, pool => pool.OnClusterEnded(reason));
        Agent.Dispose();
    }

    private static void Tell(NodePool pool, string name, Known member)
    {
        if (pool.Role is { } role && !member.Roles.Contains(role))
        {
            return;
        }

        switch (member.Status)
        {
            case Akka.Cluster.MemberStatus.Up:
                pool.Enqueue(new NodesCommand.Up(name, ClusterView.HostAndPort(member.Address)));
                break;
            case Akka.Cluster.MemberStatus.Leaving or Akka.Cluster.MemberStatus.Exiting:
                pool.Enqueue(new NodesCommand.Leaving(name));
                break;
            case Akka.Cluster.MemberStatus.Down or Akka.Cluster.MemberStatus.Removed:
                pool.Enqueue(new NodesCommand.Gone(name));
                break;
        }
    }

    private sealed record Known(Address Address, IReadOnlyList<string> Roles, Akka.Cluster.MemberStatus Status);
}
