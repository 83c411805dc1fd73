using System.Collections.Concurrent;
using Multiproc.Kernel;

namespace Multiproc.TestKit;

/// <summary>A stand-in actor: remembers what it is told, and lets the test expect it in order.</summary>
internal sealed class TestProbe(string name = "probe") : ActorRef($"test/{name}")
{
    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(30);

    private readonly BlockingCollection<Envelope> _received = [];

    /// <summary>Who sent the last expected message.</summary>
    public ActorRef? LastSender { get; private set; }

    public override void Tell(object message, ActorRef? sender = null) => _received.Add(new Envelope(message, sender));

    /// <summary>The next message, which must be of this type.</summary>
    public T ExpectMessage<T>(TimeSpan? bound = null)
    {
        if (!_received.TryTake(out var envelope, bound ?? s_bound))
        {
            throw new TimeoutException($"{Path} waited {(bound ?? s_bound).TotalSeconds:0.#} s in vain for a {typeof(T).Name}.");
        }

        LastSender = envelope.Sender;
        return envelope.Message is T expected
            ? expected
            : throw new InvalidOperationException($"{Path} expected a {typeof(T).Name} and got {envelope.Message}.");
    }

    /// <summary>Nothing has come. Meaningful when all dispatchers have been run dry.</summary>
    public void ExpectNothing()
    {
        if (_received.TryTake(out var envelope))
        {
            throw new InvalidOperationException($"{Path} expected nothing and got {envelope.Message}.");
        }
    }

    public void Watch(ActorRef actor) => actor.TellSystem(new SystemMessage.Watch(this));

    public void Unwatch(ActorRef actor) => actor.TellSystem(new SystemMessage.Unwatch(this));

    public TerminationReason ExpectTerminated(ActorRef actor)
    {
        var terminated = ExpectMessage<Terminated>();
        return ReferenceEquals(terminated.Actor, actor)
            ? terminated.Reason
            : throw new InvalidOperationException($"{Path} expected the end of {actor}, and {terminated.Actor} ended.");
    }

    public void Reply(object message) =>
        (LastSender ?? throw new InvalidOperationException($"{Path}: the last message had no sender.")).Tell(message, this);

    internal override void TellSystem(SystemMessage message)
    {
        if (message is SystemMessage.Notice notice)
        {
            Tell(notice.Terminated);
        }
    }
}
