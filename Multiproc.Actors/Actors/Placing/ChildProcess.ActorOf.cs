using Akka.Actor;
using Multiproc.Actors.Remote;
using Multiproc.Nodes;

namespace Multiproc;

/// <content>Actors in the child.</content>
public partial class ChildProcess
{
    /// <summary>
    /// Starts an actor in this child, which must have been started and stay alive by its own work. The child starts its actor system if it has none yet. To
    /// give an actor a process of its own, use <see cref="Mp.ActorOf"/>.
    /// </summary>
    /// <param name="props">How the actor is made: by its type and arguments that can be sent, as <c>Props.Create&lt;Worker&gt;(arguments)</c>.</param>
    /// <param name="name">The name of the actor under <c>/user</c> of this process's system; null (the default) for one that Akka chooses.</param>
    /// <returns>
    /// The reference of the actor. Its exceptions are supervised by this process's <c>/user</c>, and watching it tells of the end of the child, too.
    /// </returns>
    /// <exception cref="ArgumentNullException">The props are null.</exception>
    /// <exception cref="InvalidOperationException">The child was not started by this process.</exception>
    /// <exception cref="InvalidActorNameException">The name is taken or malformed.</exception>
    /// <exception cref="ConnectionLostException">The child has ended.</exception>
    /// <exception cref="MultiprocTimeoutException">The child did not finish its boot in time.</exception>
    public IActorRef ActorOf(Props props, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(props);
        var system = Node.Current.ActorSystems.Current;
        var address = ProcessAddress.Of(NodeForActors());
        return system.ActorOf(props.WithDeploy(props.Deploy.WithScope(new RemoteScope(address))), name);
    }

    /// <summary>The node of the child, which does not change any more.</summary>
    internal NodeAddress NodeForActors()
    {
        Checked().RequireStarted(nameof(ActorOf));
        _ = ResolvedPid();
        var peer = Resolve().Process.Peer;
        peer.AwaitHello(Processes.Settings.Current.Connections.ConnectTimeout);
        return peer.Address!;
    }
}
