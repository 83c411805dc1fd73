using System.Globalization;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Cluster.Sharding;
using Akka.Persistence;
using Akka.Remote.Transport.DotNetty;
using Multiproc.Cluster.Entities;
using Multiproc.Cluster.Gateways;
using Multiproc.Managers;
using Multiproc.Transport.Tcp;

namespace Multiproc.Cluster.Nodes;

/// <summary>This process as a node of a cluster: its actor system, the sharding of objects, and its gateway.</summary>
internal sealed class ClusterNode
{
    private const string Region = "objects";

    private readonly ActorSystem _system;
    private readonly Akka.Cluster.Cluster _cluster;
    private readonly ClusterView _view = new();

    private ClusterNode(ActorSystem system, ClusterOptions options)
    {
        _system = system;
        _cluster = Akka.Cluster.Cluster.Get(system);
        system.ActorOf(Props.CreateBy(new Producer(() => new MembershipActor(_view), typeof(MembershipActor))), "members");
        system.ActorOf(Props.CreateBy(new Producer(() => new NeighbourActor(options.SeesDeathsOfNeighbours), typeof(NeighbourActor))), "neighbours");

        // Before joining, in each node: else the sharding has no place for its coordinator.
        var sharding = ClusterSharding.Get(system);
        var settings = ClusterShardingSettings.Create(system);
        var region = sharding.Start(
            Region,
            entity => Props.CreateBy(_view.Unreadable.TryGetValue(entity, out string? problem)
                ? new Producer(() => new UnreadableActor(problem), typeof(UnreadableActor))
                : new Producer(() => new ObjectEntityActor(entity, _view), typeof(ObjectEntityActor))),
            settings,
            new EntityExtractor(),
            sharding.DefaultShardAllocationStrategy(settings),
            ObjectEntityActor.HandOff.Instance);
        IActorRef replies = ActorRefs.Nobody;
        Gateway = new Gateway(ClusterView.NameOf(_cluster.SelfUniqueAddress), Address, envelope => region.Tell(envelope, replies));
        replies = system.ActorOf(Props.CreateBy(new Producer(() => new GatewayActor(Gateway), typeof(GatewayActor))), "gateway");
        _cluster.RegisterOnMemberRemoved(() => Gateway.End(
            "this node is no longer in the cluster: it has left, or the majority of the nodes went on without it, because it could not be reached."));
        system.RegisterOnTermination(() => Gateway.End("the actor system of this node has ended."));
    }

    public Gateway Gateway { get; }

    public ActorSystem System => _system;

    public string Address => $"{_cluster.SelfAddress.Host}:{_cluster.SelfAddress.Port?.ToString(CultureInfo.InvariantCulture)}";

    public IReadOnlyList<ClusterMember> Members
    {
        get
        {
            var state = _cluster.State;
            return [.. state.Members.Select(member => new ClusterMember(
                $"{member.Address.Host}:{member.Address.Port}",
                [.. member.Roles],
                member.Status.ToString(),
                !state.Unreachable.Contains(member),
                member.UniqueAddress.Equals(_cluster.SelfUniqueAddress)))];
        }
    }

    public static async Task<ClusterNode> StartAsync(ClusterOptions options, CancellationToken cancellation)
    {
        // Objects of all types may come to live here, also of those that this process does not use.
        ManagerTypes.Register();
        await StorageGuard.PrepareAsync(options.Storage!, cancellation).ConfigureAwait(false);
        var certificate = KeyCertificate.For(options.AuthKey.Span);
        var setup = ActorSystemSetup.Create(
            BootstrapSetup.Create().WithConfig(ClusterConfig.Make(options)),
            new DotNettySslSetup(
                certificate,
                suppressValidation: false,
                requireMutualAuthentication: true,
                customValidator: (other, _, _, _, _) => KeyCertificate.IsSame(certificate, other)));
        var system = ActorSystem.Create(options.Name, setup);
        try
        {
            var node = new ClusterNode(system, options);
            _ = Persistence.Instance.Apply(system).JournalFor(ClusterConfig.Journal);
            await StorageGuard.VerifyAsync(options.Storage!, options.Timeout, cancellation).ConfigureAwait(false);
            await node.JoinAsync(options, cancellation).ConfigureAwait(false);
            return node;
        }
        catch
        {
            await system.Terminate().WaitAsync(options.Timeout, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    /// <summary>Leaves the cluster: objects move first. Then the actor system ends.</summary>
    public async Task LeaveAsync(TimeSpan patience)
    {
        Gateway.Dispose();
        await CoordinatedShutdown.Get(_system).Run(CoordinatedShutdown.ClusterLeavingReason.Instance)
            .WaitAsync(patience, CancellationToken.None).ConfigureAwait(false);
    }

    private async Task JoinAsync(ClusterOptions options, CancellationToken cancellation)
    {
        var up = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _cluster.RegisterOnMemberUp(() => up.TrySetResult());
        if (options.Seeds.Count == 0)
        {
            _cluster.Join(_cluster.SelfAddress);
        }
        else
        {
            _cluster.JoinSeedNodes(options.Seeds.Select(seed => ParseSeed(seed, options.Name)));
        }

        try
        {
            await up.Task.WaitAsync(options.Timeout, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException late)
        {
            string seeds = options.Seeds.Count == 0 ? "none" : string.Join(", ", options.Seeds);
            throw new MultiprocTimeoutException(
                $"{Address} did not become a member of cluster '{options.Name}' within {options.Timeout.TotalSeconds} s. Seeds: {seeds}. "
                + "They cannot be reached, are not in the cluster themselves, or have another name of the cluster or another AuthKey.",
                late);
        }
    }

    private Address ParseSeed(string seed, string name)
    {
        int colon = seed.LastIndexOf(':');
        return colon > 0 && int.TryParse(seed.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port)
            && port is > 0 and <= ushort.MaxValue
            ? new Address(_cluster.SelfAddress.Protocol, name, seed[..colon], port)
            : throw new ArgumentException($"'{seed}' is no seed: write host:port.");
    }

    private sealed class Producer(Func<ActorBase> make, Type type) : IIndirectActorProducer
    {
        public Type ActorType => type;

        public ActorBase Produce() => make();

        public void Release(ActorBase actor)
        {
        }
    }
}
