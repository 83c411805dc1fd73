using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
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
/// The message queue of one shared object. Objects are mostly idle, and there may be a hundred thousand of them: so it has room for one message. Once several
/// were in it at the same time it is a queue without locks for good: several threads use the object at once, and would wait for each other at a lock.
/// </summary>
internal sealed class ObjectMessageQueue : IMessageQueue, IUnboundedMessageQueueSemantics
{
    private Envelope _first;
    private volatile bool _hasFirst;
    private volatile ConcurrentQueue<Envelope>? _many;
    private volatile IMessageQueue? _afterEnd;

    public bool HasMessages => _hasFirst || _many is { IsEmpty: false };

    public int Count
    {
        get
        {
            lock (this)
            {
                return _many?.Count ?? (_hasFirst ? 1 : 0);
            }
        }
    }

    public void Enqueue(IActorRef receiver, Envelope envelope)
    {
        if (_many is { } many || !TryEnqueueFirst(envelope, out many))
        {
            many.Enqueue(envelope);
        }

        // Either this thread sees the end, or the one that ends the object sees the message.
        Interlocked.MemoryBarrier();
        if (_afterEnd is { } deadLetters)
        {
            Drain(receiver, deadLetters);
        }
    }

    public bool TryDequeue(out Envelope envelope)
    {
        if (_many is { } many)
        {
            return many.TryDequeue(out envelope);
        }

        if (!_hasFirst)
        {
            envelope = default;
            return false;
        }

        lock (this)
        {
            if (_many is { } since)
            {
                return since.TryDequeue(out envelope);
            }

            bool had = _hasFirst;
            envelope = _first;
            _first = default;
            _hasFirst = false;
            return had;
        }
    }

    /// <summary>Turns the remaining messages into dead letters when the object has ended, like later ones: <see cref="GoneObjects"/> replies to both.</summary>
    /// <remarks>
    /// A sender may have read the mailbox just before the end and enqueue just after it. Akka would leave that message in a queue that nobody reads any more.
    /// </remarks>
    public void CleanUp(IActorRef owner, IMessageQueue deadletters)
    {
        _afterEnd = deadletters;
        Interlocked.MemoryBarrier();
        Drain(owner, deadletters);
    }

    private void Drain(IActorRef owner, IMessageQueue deadLetters)
    {
        while (TryDequeue(out var envelope))
        {
            deadLetters.Enqueue(owner, envelope);
        }
    }

    /// <summary>Puts a message into the one place; false, with the queue for many, when another one is there.</summary>
    private bool TryEnqueueFirst(Envelope envelope, [NotNullWhen(false)] out ConcurrentQueue<Envelope>? many)
    {
        lock (this)
        {
            many = _many;
            if (many is not null)
            {
                return false;
            }

            if (!_hasFirst)
            {
                _first = envelope;
                _hasFirst = true;
                return true;
            }

            many = new ConcurrentQueue<Envelope>();
            many.Enqueue(_first);

            // In this order: at no moment does the mailbox look empty, for then it would not be run.
            _many = many;
            _hasFirst = false;
            _first = default;
            return false;
        }
    }
}
