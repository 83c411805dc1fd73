using System.Collections.Concurrent;

namespace Multiproc.Actors.Remote;

/// <summary>Delivers one message of a process, on a thread of the pool.</summary>
/// <param name="link">The link that the message came over.</param>
/// <param name="message">The message; null says that the link has ended.</param>
/// <param name="isAgain">Whether the message was given back before.</param>
/// <returns>
/// Null when it is done; otherwise the message to deliver again once <see cref="InboundQueue.Resume"/> has been called, before any other.
/// </returns>
internal delegate byte[]? InboundDelivery(ActorLink link, byte[]? message, bool isAgain);

/// <summary>
/// Hands the messages of one process to a thread of the pool, in order. The thread that delivers frames runs no code of users: reading a message may, and may
/// even wait for another frame.
/// </summary>
internal sealed class InboundQueue(InboundDelivery deliver) : IThreadPoolWorkItem
{
    /// <summary>After so many messages the thread lets others go first.</summary>
    private const int MostInARow = 256;

    private readonly ConcurrentQueue<(ActorLink Link, byte[]? Message)> _waiting = new();
    private (ActorLink Link, byte[] Message)? _again;
    private int _isScheduled;

    /// <summary>The delivery that gave a message back, and the resumption, whichever is last goes on.</summary>
    private int _untilResumed;

    /// <param name="link">The link that the message came over.</param>
    /// <param name="message">The message; null says that the link has ended.</param>
    public void Enqueue(ActorLink link, byte[]? message)
    {
        _waiting.Enqueue((link, message));
        Schedule();
    }

    /// <summary>Called by a delivery before it gives its message back.</summary>
    public void Pause() => Volatile.Write(ref _untilResumed, 2);

    /// <summary>Goes on with the message that was given back. May be called before the delivery has returned.</summary>
    public void Resume()
    {
        if (Interlocked.Decrement(ref _untilResumed) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    public void Execute()
    {
        for (int i = 0; i < MostInARow; i++)
        {
            (ActorLink Link, byte[]? Message) next;
            bool isAgain = _again is not null;
            if (_again is { } again)
            {
                next = again;
                _again = null;
            }
            else if (!_waiting.TryDequeue(out next))
            {
                break;
            }

            if (deliver(next.Link, next.Message, isAgain) is { } givenBack)
            {
                _again = (next.Link, givenBack);
                if (Interlocked.Decrement(ref _untilResumed) != 0)
                {
                    // Still scheduled, as far as senders can see, until it is resumed.
                    return;
                }
            }
        }

        // A full fence: a message that was enqueued before this is seen below, one that comes after it is scheduled by its sender.
        Interlocked.Exchange(ref _isScheduled, 0);
        if (_again is not null || !_waiting.IsEmpty)
        {
            Schedule();
        }
    }

    private void Schedule()
    {
        if (Interlocked.CompareExchange(ref _isScheduled, 1, 0) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }
}
