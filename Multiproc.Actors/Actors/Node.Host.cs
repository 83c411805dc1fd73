using Multiproc.Actors;
using Multiproc.Actors.Remote;
using Multiproc.Peers;
using Multiproc.States;

namespace Multiproc.Nodes;

/// <content>The actors that run the objects: a layer above the states, so that the node itself need not know Akka.</content>
internal sealed partial class Node
{
    private ActorHost? _host;
    private ActorService? _actorService;
    private ActorSystems? _actorSystems;

    /// <summary>The host that runs the objects of this process.</summary>
    public IObjectHost Host => Actors;

    /// <summary>The actors of this process. Akka is loaded with the first of them.</summary>
    public ActorHost Actors => _host ?? Interlocked.CompareExchange(ref _host, new ActorHost(this), null) ?? _host;

    /// <summary>Carries messages between the actors of this process and those of others.</summary>
    public ActorService ActorService => _actorService ?? Interlocked.CompareExchange(ref _actorService, new ActorService(this), null) ?? _actorService;

    /// <summary>The actor system that the program uses.</summary>
    public ActorSystems ActorSystems => _actorSystems ?? Interlocked.CompareExchange(ref _actorSystems, new ActorSystems(this), null) ?? _actorSystems;

    partial void ServeActors(Peer peer) => ActorService.Serve(peer);
}
