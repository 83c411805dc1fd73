using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Dispatch.MessageQueues;

namespace Multiproc.Actors;

/// <summary>The mailbox type of the actors of shared objects.</summary>
internal sealed class ObjectMailbox(Akka.Actor.Settings settings, Config config) : MailboxType(settings, config)
{
    public override IMessageQueue Create(IActorRef owner, ActorSystem system) => new ObjectMessageQueue();
}

/// <summary>
/// The message queue of one shared object. Objects are mostly idle, and there may be a hundred thousand of them: so the queue has room for one message, and
/// allocates more only once several were in it at the same time.
/// </summary>
internal sealed class ObjectMessageQueue : IMessageQueue, IUnboundedMessageQueueSemantics
{
    private Envelope _first;
    private volatile bool _hasFirst;
    private Queue<Envelope>? _rest;
    private IMessageQueue? _afterEnd;

    public bool HasMessages => _hasFirst;

    public int Count
    {
        get
        {
            lock (this)
            {
                return (_hasFirst ? 1 : 0) + (_rest?.Count ?? 0);
            }
        }
    }

    public void Enqueue(IActorRef receiver, Envelope envelope)
    {
        lock (this)
        {
            if (_afterEnd is { } deadLetters)
            {
                deadLetters.Enqueue(receiver, envelope);
            }
            else if (_hasFirst)
            {
                (_rest ??= new Queue<Envelope>()).Enqueue(envelope);
            }
            else
            {
                _first = envelope;
                _hasFirst = true;
            }
        }
    }

    public bool TryDequeue(out Envelope envelope)
    {
        if (!_hasFirst)
        {
            envelope = default;
            return false;
        }

        lock (this)
        {
            envelope = _first;
            _first = default;
            _hasFirst = _rest is not null && _rest.TryDequeue(out _first);
            return true;
        }
    }

    /// <summary>Turns the remaining messages into dead letters when the object has ended, like later ones: <see cref="GoneObjects"/> replies to both.</summary>
    /// <remarks>
    /// A sender may have read the mailbox just before the end and enqueue just after it. Akka would leave that message in a queue that nobody reads any more.
    /// </remarks>
    public void CleanUp(IActorRef owner, IMessageQueue deadletters)
    {
        lock (this)
        {
            _afterEnd = deadletters;
        }

        while (TryDequeue(out var envelope))
        {
            deadletters.Enqueue(owner, envelope);
        }
    }
}
