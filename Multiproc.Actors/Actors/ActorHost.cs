using Akka.Actor;
using Akka.Event;
using Multiproc.Nodes;
using Multiproc.Objects.Locks;
using Multiproc.States;

namespace Multiproc.Actors;

/// <summary>
/// The actor system of a process, started by the first thing that needs an actor. A process that only uses the objects of others never has one, and loads
/// no assembly of Akka.
/// </summary>
internal sealed class ActorHost : IObjectHost
{
    private readonly Node _node;
    private readonly Lazy<ActorSystem> _system;
    private readonly Lazy<ActorCell> _objects;

    public ActorHost(Node node)
    {
        _node = node;
        _system = new Lazy<ActorSystem>(Create, LazyThreadSafetyMode.ExecutionAndPublication);
        _objects = new Lazy<ActorCell>(StartSupervisor, LazyThreadSafetyMode.ExecutionAndPublication);
    }

    public ActorSystem System => _system.Value;

    public IHostedObject Host(IObjectState state) => Host(() => new ObjectActor(_node, state, state is LockState ? _node.Deadlocks.WaitBegins : null));

    /// <summary>Starts an actor that other processes call.</summary>
    public HostedObject Host(Func<HostedActor> create) => new(Start(create));

    /// <summary>Starts an actor that runs on the thread of the sender, and so must never block.</summary>
    public ActorHandle StartInline(Func<ActorBase> create) => new(Start(create));

    private IActorRef Start(Func<ActorBase> create) =>
        _objects.Value.ActorOf(Props.CreateBy(new Producer(create, typeof(HostedActor))).WithDispatcher(ActorConfig.Inline).WithMailbox(ActorConfig.Mailbox));

    private ActorSystem Create()
    {
        var system = (ExtendedActorSystem)ActorSystem.Create(ActorConfig.SystemName, ActorConfig.Make());
        system.EventStream.Subscribe(new GoneObjects(system, _node), typeof(DeadLetter));
        return system;
    }

    private ActorCell StartSupervisor()
    {
        var started = new TaskCompletionSource<ActorCell>(TaskCreationOptions.RunContinuationsAsynchronously);
        System.ActorOf(Supervisor.Make(started), "objects");
        return started.Task.GetAwaiter().GetResult();
    }
}
