using Multiproc.Actors;
using Multiproc.States;

namespace Multiproc.Nodes;

/// <content>The actors that run the objects: a layer above the states, so that the node itself need not know Akka.</content>
internal sealed partial class Node
{
    private ActorHost? _host;

    /// <summary>The host that runs the objects of this process.</summary>
    public IObjectHost Host => Actors;

    /// <summary>The actors of this process. Akka is loaded with the first of them.</summary>
    public ActorHost Actors => _host ?? Interlocked.CompareExchange(ref _host, new ActorHost(this), null) ?? _host;
}
