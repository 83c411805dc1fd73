using Akka.Actor;
using Multiproc.Nodes;
using Multiproc.Objects.Locks;
using Multiproc.Objects.ReadWriteLocks;
using Multiproc.States;

namespace Multiproc.Actors;

/// <summary>
/// Runs the objects of a process as actors. An object gets its actor with its first message, and the first actor starts the actor system. A process that only
/// uses the objects of others never has one, and loads no assembly of Akka.
/// </summary>
internal sealed class ActorHost : IObjectHost
{
    private readonly Node _node;
    private readonly Lazy<RunningActors> _running;
    private int _prepared;

    public ActorHost(Node node)
    {
        _node = node;
        _running = new Lazy<RunningActors>(() => new RunningActors(node), LazyThreadSafetyMode.ExecutionAndPublication);
    }

    public ActorSystem System => _running.Value.System;

    /// <summary>Whether the actor system runs.</summary>
    public bool IsRunning => _running.IsValueCreated;

    public IHostedObject Host(IObjectState state) => new HostedObject(
        _node,
        new ActorHandle(this, () => new ObjectActor(_node, state, state is LockState or ReadWriteState ? _node.Deadlocks.WaitBegins : null)),
        state as IDisposable);

    /// <summary>Hosts an actor that other processes call.</summary>
    /// <param name="create">Makes the actor, for its first message.</param>
    /// <param name="owned">What the actor disposes of at its end; disposed of also if it is ended before its first message.</param>
    public HostedObject Host(Func<HostedActor> create, IDisposable? owned = null)
    {
        Prepare();
        return new HostedObject(_node, new ActorHandle(this, create), owned);
    }

    /// <summary>Makes an actor that runs on the thread of the sender, and so must never block.</summary>
    public ActorHandle Inline(Func<ActorBase> create)
    {
        Prepare();
        return new ActorHandle(this, create);
    }

    /// <summary>
    /// Starts the actor system beside the caller, which has other things to do before it needs it: to start a process, say. If the program has settings for
    /// Akka, it is started here, so that an error in them is thrown to the program.
    /// </summary>
    public void Prepare()
    {
        if (_running.IsValueCreated || Interlocked.Exchange(ref _prepared, 1) != 0)
        {
            return;
        }

        if (ActorConfig.HasOwn)
        {
            _ = _running.Value;
            return;
        }

        // Not on the thread pool, whose threads may all be busy.
        new Thread(Start) { IsBackground = true, Name = "multiproc actors" }.Start();
    }

    /// <summary>Starts an actor now.</summary>
    /// <returns>Null if the actor system is ending, or has ended.</returns>
    public IActorRef? Start(Func<ActorBase> create) => _running.Value.Start(create);

    private void Start()
    {
        try
        {
            _ = _running.Value;
        }
        catch (Exception)
        {
            // Kept by the lazy value, and thrown to everybody who needs an actor.
        }
    }
}
