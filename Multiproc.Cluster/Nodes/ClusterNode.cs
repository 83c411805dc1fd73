using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Cluster.Sharding;
using Akka.Event;
using Multiproc.Cluster.Admission;
using Multiproc.Cluster.Entities;
using Multiproc.Cluster.Gateways;
using Multiproc.Cluster.Leases;
using Multiproc.Cluster.Lines;
using Multiproc.Cluster.Operating;
using Multiproc.Cluster.Pools;
using Multiproc.Managers;
using Multiproc.Transport.Tcp;

namespace Multiproc.Cluster.Nodes;

/// <summary>This process as a node of a cluster: its actor system, the sharding of objects, and its gateway.</summary>
internal sealed class ClusterNode
{
    private const string Region = "objects";

    private static readonly TimeSpan s_leastPatience = TimeSpan.FromSeconds(2);

    private readonly ActorSystem _system;
    private readonly Akka.Cluster.Cluster _cluster;
    private readonly ClusterView _view = new();
    private readonly JournalClaim _claim;
    private readonly NodePapers _papers;
    private readonly LeaseKeeper _leases;

    private ClusterNode(ActorSystem system, ClusterOptions options, JournalClaim claim)
    {
        _system = system;
        _cluster = Akka.Cluster.Cluster.Get(system);
        _claim = claim;
        string self = ClusterView.NameOf(_cluster.SelfUniqueAddress);
        _leases = new LeaseKeeper(new LeaseTable(options.Storage!, options.SeesDeathsOfNeighbours), self, system.Log);
        Inspector = new Inspector(system);
        _papers = new NodePapers(options.Version, claim.Journal, options.Storage!.ToString(), Address);
        system.ActorOf(Props.CreateBy(new Producer(() => new AdmissionActor(_papers), typeof(AdmissionActor))), AdmissionActor.Name);
        system.ActorOf(Props.CreateBy(new Producer(() => new OperatorActor(this), typeof(OperatorActor))), OperatorActor.Name);
        system.ActorOf(Props.CreateBy(new Producer(() => new MembershipActor(_view, _leases), typeof(MembershipActor))), "members");
        Port = new NodePort(options, Address);
        system.ActorOf(Props.CreateBy(new Producer(() => new PortActor(Port), typeof(PortActor))), PortActor.Name);
        Pools = new ClusterPools(system, options, self, Address, Port);
        system.ActorOf(Props.CreateBy(new Producer(() => new PoolsActor(Pools), typeof(PoolsActor))), "pools");
        system.ActorOf(Props.CreateBy(new Producer(() => new NeighbourActor(options.SeesDeathsOfNeighbours), typeof(NeighbourActor))), "neighbours");

        // Before joining, in each node: else the sharding has no place for its coordinator.
        var sharding = ClusterSharding.Get(system);
        var settings = ClusterShardingSettings.Create(system);
        var region = sharding.Start(
            Region,
            entity => Props.CreateBy(_view.Unreadable.TryGetValue(entity, out string? problem)
                ? new Producer(() => new UnreadableActor(problem), typeof(UnreadableActor))
                : new Producer(() => new ObjectEntityActor(entity, _view, _leases), typeof(ObjectEntityActor))),
            settings,
            new EntityExtractor(),
            sharding.DefaultShardAllocationStrategy(settings),
            ObjectEntityActor.HandOff.Instance);
        Routes = new EntityRoutes(_view, region, Address);
        Gateway = new Gateway(self, claim.Journal, _leases, Routes.Send);
        Routes.Begin(system, Port, Gateway);
        CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "pool workers", async () =>
        {
            // One that was told to leave by a command waits for its workers, as one that leaves by itself. One that was removed has nobody to work for.
            await (WasRemoved ? Task.CompletedTask : Pools.Agent.DrainAsync(options.Timeout)).ConfigureAwait(false);
            return Akka.Done.Instance;
        });
        _leases.Refused = () =>
        {
            system.Log.Warning("Another node has taken the lease of this one, which ends: it could not be reached, or a new cluster began on its journal.");
            Gateway.End("this node is no longer in the cluster, which took it for dead and gave to others what its processes held.");
            _cluster.Down(_cluster.SelfAddress);
        };
        _cluster.RegisterOnMemberRemoved(() => End(
            "this node is no longer in the cluster: it has left, or the majority of the nodes went on without it, because it could not be reached."));
        system.RegisterOnTermination(() => End("the actor system of this node has ended."));
    }

    public Gateway Gateway { get; }

    /// <summary>Where other nodes connect for calls of objects, and pools for workers.</summary>
    public NodePort Port { get; }

    public EntityRoutes Routes { get; }

    public ClusterPools Pools { get; }

    public ActorSystem System => _system;

    public ClusterView View => _view;

    public ClusterHealth Health => ClusterHealth.Of(Gateway.Ended, Members, _claim.Problem);

    public Inspector Inspector { get; }

    public string Address => ClusterView.HostAndPort(_cluster.SelfAddress);

    /// <summary>Completes when this node is no longer in the cluster, and all of it has ended.</summary>
    public Task Ended => _system.WhenTerminated;

    /// <summary>Whether the cluster went on without this node, which did not leave by itself.</summary>
    public bool WasRemoved => CoordinatedShutdown.Get(_system).ShutdownReason is CoordinatedShutdown.ClusterDowningReason;

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
        var system = Listen(options, certificate);
        StarvationGuard.Watch(system);
        JournalClaim? claim = null;
        try
        {
            var self = Akka.Cluster.Cluster.Get(system).SelfUniqueAddress;
            claim = await JournalClaim.OpenAsync(
                options.Storage!, ClusterView.NameOf(self), ClusterView.HostAndPort(self.Address), certificate, system.Log, cancellation).ConfigureAwait(false);
            var node = new ClusterNode(system, options, claim);
            await StorageGuard.VerifyAsync(system, options.Storage!, options.Timeout, cancellation).ConfigureAwait(false);
            await node._leases.BeginAsync(cancellation).ConfigureAwait(false);
            await node.JoinAsync(options, certificate, cancellation).ConfigureAwait(false);
            ClusterMetrics.Add(node.Address, node.Measure);
            return node;
        }
        catch
        {
            await system.Terminate().WaitAsync(options.Timeout, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (claim is not null)
            {
                await claim.DisposeAsync().ConfigureAwait(false);
            }

            throw;
        }
    }

    /// <summary>Leaves the cluster: objects move first. Then the actor system ends.</summary>
    public async Task LeaveAsync(TimeSpan patience)
    {
        // Nobody is left behind with half of a result, and facades that workers use live until they have ended.
        await Pools.Agent.DrainAsync(patience).ConfigureAwait(false);
        Gateway.Dispose();
        await _leases.GiveUpAsync().ConfigureAwait(false);
        await CoordinatedShutdown.Get(_system).Run(CoordinatedShutdown.ClusterLeavingReason.Instance)
            .WaitAsync(patience, CancellationToken.None).ConfigureAwait(false);
        await _leases.DisposeAsync().ConfigureAwait(false);
        await _claim.DisposeAsync().ConfigureAwait(false);
    }

    private static ActorSystem Listen(ClusterOptions options, X509Certificate2 certificate)
    {
        try
        {
            return ActorSystem.Create(options.Name, ActorSystemSetup.Create(
                BootstrapSetup.Create().WithConfig(ClusterConfig.Make(options)), ClusterConfig.Tls(certificate)));
        }
        catch (Exception failure) when (BindingFailure(failure) is { } cause)
        {
            string advice = cause.SocketErrorCode == SocketError.AddressAlreadyInUse
                ? "another process has the port: choose another one, or 0 for any that is free"
                : $"{cause.Message}: choose an address of this machine";
            throw new MultiprocException($"This node cannot listen at {options.Host}:{options.Port}: {advice}.", failure);
        }
    }

    private static SocketException? BindingFailure(Exception? failure) => failure switch
    {
        null => null,
        SocketException found => found,
        AggregateException several => several.InnerExceptions.Select(BindingFailure).FirstOrDefault(static each => each is not null),
        _ => BindingFailure(failure.InnerException),
    };

    private (int Members, int Unreachable, int Objects) Measure()
    {
        var state = _cluster.State;
        return (state.Members.Count, state.Unreachable.Count, _view.Entities.Count);
    }

    private void End(string reason)
    {
        Gateway.End(reason);
        Pools.End(reason);
        Routes.Lines?.Dispose();
        Port.Dispose();
        ClusterMetrics.Remove(Address);
        _ = _leases.DisposeAsync().AsTask();
        _ = _claim.DisposeAsync().AsTask();
    }

    private async Task JoinAsync(ClusterOptions options, X509Certificate2 certificate, CancellationToken cancellation)
    {
        long begun = Stopwatch.GetTimestamp();
        var up = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _cluster.RegisterOnMemberUp(() => up.TrySetResult());
        options.Seeds.ToList().ForEach(static each => SeedVisit.Parse(each));
        var search = new SeedSearch(options, new SeedVisit(_system, certificate, _papers), _claim, Address, _system.Log);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var seeking = search.SeekAsync(
            options.Discovery is { } discovery ? each => discovery.FindAsync(_system, _claim, each) : _ => Task.FromResult(options.Seeds),
            stop.Token);
        if (await Task.WhenAny(seeking, _system.WhenTerminated).ConfigureAwait(false) != seeking)
        {
            // Not to begin a cluster without a node.
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)seeking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw ShutDown(options);
        }

        var seeds = await seeking.ConfigureAwait(false);
        if (seeds.Count == 0)
        {
            _cluster.Join(_cluster.SelfAddress);
        }
        else
        {
            _cluster.JoinSeedNodes(seeds.Select(SeedVisit.Parse).Select(each => new Address(SeedVisit.AddressProtocol, options.Name, each.Host, each.Port)));
        }

        try
        {
            var left = options.Timeout - Stopwatch.GetElapsedTime(begun);
            await Task.WhenAny(up.Task, _system.WhenTerminated).WaitAsync(left > s_leastPatience ? left : s_leastPatience, cancellation)
                .ConfigureAwait(false);
            if (!up.Task.IsCompleted || Gateway.Ended is not null)
            {
                throw ShutDown(options);
            }
        }
        catch (TimeoutException late)
        {
            throw new MultiprocTimeoutException(
                $"{Address} did not become a member of cluster '{options.Name}' within {options.Timeout.TotalSeconds} s, although {string.Join(", ", seeds)} "
                + "let it in: some nodes of the cluster cannot be reached. Look at the members of the cluster, and try again.",
                late);
        }
    }

    private MultiprocException ShutDown(ClusterOptions options) => new(
        $"{Address} was shut down before it became a member of cluster '{options.Name}' "
        + $"({Gateway.Ended} {CoordinatedShutdown.Get(_system).ShutdownReason}): start it again.");

    private sealed class Producer(Func<ActorBase> make, Type type) : IIndirectActorProducer
    {
        public Type ActorType => type;

        public ActorBase Produce() => make();

        public void Release(ActorBase actor)
        {
        }
    }
}
