using Akka.Actor;
using Akka.Event;
using Multiproc.Nodes;

namespace Multiproc.Actors;

/// <summary>The actor system of this library in a process, and the supervisor of its actors.</summary>
internal sealed class RunningActors
{
    private readonly ActorCell _supervisor;

    public RunningActors(Node node)
    {
        var system = (ExtendedActorSystem)ActorSystem.Create(ActorConfig.SystemName, ActorConfig.Make());
        system.EventStream.Subscribe(new GoneObjects(system, node), typeof(DeadLetter));
        var started = new TaskCompletionSource<ActorCell>(TaskCreationOptions.RunContinuationsAsynchronously);
        system.ActorOf(Supervisor.Make(started), "objects");
        _supervisor = started.Task.GetAwaiter().GetResult();
        System = system;
    }

    public ActorSystem System { get; }

    /// <returns>Null if the actor system is ending, or has ended: it takes no more actors.</returns>
    public IActorRef? Start(Func<ActorBase> create)
    {
        try
        {
            return _supervisor.ActorOf(
                Props.CreateBy(new Producer(create, typeof(HostedActor))).WithDispatcher(ActorConfig.Inline).WithMailbox(ActorConfig.Mailbox));
        }
        catch (InvalidOperationException) when (_supervisor.ChildrenContainer.IsTerminating)
        {
            return null;
        }
    }
}
