using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Dispatch.MessageQueues;

namespace Multiproc.Actors;

/// <summary>The type of mailbox that actors of shared objects have.</summary>
internal sealed class ObjectMailbox(Akka.Actor.Settings settings, Config config) : MailboxType(settings, config)
{
    public override IMessageQueue Create(IActorRef owner, ActorSystem system) => new ObjectMessageQueue();
}

/// <summary>
/// The messages of one shared object. An object is mostly idle, and there may be a hundred thousand of them: so the queue has room for one message, and
/// for more only after more were in it at once.
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

    /// <summary>The object has ended. What is left becomes dead letters, as what comes later does: <see cref="GoneObjects"/> answers both.</summary>
    /// <remarks>
    /// A sender may have read the mailbox just before the end and come here just after it. Akka would leave its message in a queue that nobody reads any
    /// more.
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
