namespace Multiproc.Kernel;

/// <summary>
/// Behaviour that handles one message at a time and owns its state alone. Made by its cell, and made anew by a restart;
/// the members are for use inside its own callbacks only.
/// </summary>
internal abstract class Actor
{
    private ActorCell? _cell;

    protected ActorRef Self => Cell.Ref;

    /// <summary>Who sent the current message; null when nobody wants an answer.</summary>
    protected ActorRef? Sender => Cell.CurrentSender;

    protected Timers Timers => Cell.Timers;

    protected ActorSystem System => Cell.System;

    internal ActorCell Cell
    {
        get => _cell ?? throw new InvalidOperationException($"{GetType().Name} was made outside of ActorSystem.Spawn: it has no mailbox.");
        set => _cell = value;
    }

    protected abstract void Receive(object message);

    protected virtual void PreStart()
    {
    }

    /// <summary>Called once at the end of each instance: after a stop, and before a restart replaces it.</summary>
    protected virtual void PostStop()
    {
    }

    /// <summary>How failures of this actor's children are treated.</summary>
    protected virtual SupervisorStrategy Supervision => SupervisorStrategy.Default;

    protected ActorRef Spawn(Func<Actor> create, string? name = null, Dispatcher? dispatcher = null) => Cell.SpawnChild(create, name, dispatcher);

    protected void Watch(ActorRef other) => other.TellSystem(new SystemMessage.Watch(Self));

    protected void Unwatch(ActorRef other) => other.TellSystem(new SystemMessage.Unwatch(Self));

    protected void Stop(ActorRef other) => other.TellSystem(SystemMessage.Stop.Instance);

    internal void InvokeReceive(object message) => Receive(message);

    internal void InvokePreStart() => PreStart();

    internal void InvokePostStop() => PostStop();

    internal SupervisorStrategy InvokeSupervision => Supervision;
}
