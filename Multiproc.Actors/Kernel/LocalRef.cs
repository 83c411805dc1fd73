namespace Multiproc.Kernel;

/// <summary>The address of an actor of this process.</summary>
internal sealed class LocalRef(string path, ActorCell cell) : ActorRef(path)
{
    public override void Tell(object message, ActorRef? sender = null) => cell.Add(new Envelope(message, sender));

    internal override void TellSystem(SystemMessage message) => cell.AddSystem(message);
}
