using Akka.Actor;
using Akka.Actor.Internal;
using Akka.Event;
using Akka.Remote;
using Multiproc.Nodes;

namespace Multiproc.Actors.Remote;

/// <summary>
/// Akka's remote provider, with references of our own for the actors of processes that are reached over links. Akka's remoting goes on serving all other
/// addresses, if its configuration enables another transport.
/// </summary>
/// <remarks>Akka marks the members that are overridden here as internal. They are touched in this file and in <see cref="LinkWatcher"/> alone.</remarks>
internal sealed class LinkActorRefProvider(string systemName, Akka.Actor.Settings settings, EventStream eventStream)
    : RemoteActorRefProvider(systemName, settings, eventStream), IActorRefProvider, ILinkProvider
{
    private LinkRemoting? _remoting;

    public LinkRemoting Remoting => _remoting ?? throw new InvalidOperationException("The actor system has not started yet.");

    public ILinkUnits? Units { get; set; }

    public override void Init(ActorSystemImpl system)
    {
        base.Init(system);
        _remoting = new LinkRemoting(system, this, Node.Current) { Units = Units };
    }

    /// <summary>
    /// An actor that another process has deployed here stays here. The settings of both may be the same, and say where the other process was to deploy it.
    /// </summary>
    IInternalActorRef IActorRefProvider.ActorOf(
        ActorSystemImpl system, Props props, IInternalActorRef supervisor, ActorPath path, bool systemService, Deploy? deploy, bool lookupDeploy, bool async)
    {
        bool isDeployedHere = deploy?.Scope is RemoteScope scope && HasAddress(scope.Address);
        return ActorOf(system, props, supervisor, path, systemService, deploy, lookupDeploy && !isDeployedHere, async);
    }

    protected override IInternalActorRef CreateRemoteRef(ActorPath actorPath, Address localAddress) => ProcessAddress.IsOurs(actorPath.Address)
        ? new LinkActorRef(Remoting, Remoting.DefaultAddress, ProcessNames.Resolve(actorPath), ActorRefs.Nobody, Props.None, Deploy.None)
        : base.CreateRemoteRef(actorPath, localAddress);

    protected override IInternalActorRef CreateRemoteRef(Props props, IInternalActorRef supervisor, Address localAddress, ActorPath rpath, Deploy deployment) =>
        ProcessAddress.IsOurs(rpath.Address)
            ? Deployed(props, supervisor, ProcessNames.Resolve(rpath), deployment)
            : base.CreateRemoteRef(props, supervisor, localAddress, rpath, deployment);

    /// <summary>The other process must not look up again by name where the actor is to be.</summary>
    private LinkActorRef Deployed(Props props, IInternalActorRef supervisor, ActorPath path, Deploy deployment)
    {
        var here = new RemoteScope(path.Address);
        var placed = props.Deploy.Scope is RemoteScope ? props.WithDeploy(props.Deploy.WithScope(here)) : props;
        return new LinkActorRef(Remoting, Remoting.DefaultAddress, path, supervisor, placed, deployment.WithScope(here));
    }

    protected override IActorRef CreateRemoteWatcher(ActorSystemImpl system) => system.SystemActorOf(
        RemoteSettings.ConfigureDispatcher(LinkWatcher.Make(CreateRemoteWatcherFailureDetector(system), RemoteSettings)), "remote-watcher");
}

/// <summary>A provider whose references use links.</summary>
internal interface ILinkProvider
{
    /// <exception cref="InvalidOperationException">The actor system has not started yet.</exception>
    LinkRemoting Remoting { get; }

    /// <summary>Akka's own transport over links.</summary>
    ILinkUnits? Units { get; set; }
}
