using Multiproc.Actors;
using Multiproc.States;

namespace Multiproc.Nodes;

/// <content>What runs the objects: above what they are, so that a node itself need not know it.</content>
internal sealed partial class Node
{
    private ActorHost? _host;

    /// <summary>What runs the objects of this process.</summary>
    public IObjectHost Host => Actors;

    /// <summary>The actors of this process. Akka comes with the first of them.</summary>
    public ActorHost Actors => _host ?? Interlocked.CompareExchange(ref _host, new ActorHost(this), null) ?? _host;
}
