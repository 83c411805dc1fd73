using System.Collections.Concurrent;

namespace Multiproc.Actors.Remote;

/// <summary>
/// Hands the messages of one process to a thread of the pool, in order. The thread that delivers frames runs no code of users: reading a message may, and may
/// even wait for another frame.
/// </summary>
internal sealed class InboundQueue(Action<ActorLink, byte[]?> deliver) : IThreadPoolWorkItem
{
    /// <summary>After so many messages the thread lets others go first.</summary>
    private const int MostInARow = 256;

    private readonly ConcurrentQueue<(ActorLink Link, byte[]? Message)> _waiting = new();
    private int _isScheduled;

    /// <param name="link">The link that the message came over.</param>
    /// <param name="message">The message; null says that the link has ended.</param>
    public void Enqueue(ActorLink link, byte[]? message)
    {
        _waiting.Enqueue((link, message));
        Schedule();
    }

    public void Execute()
    {
        for (int i = 0; i < MostInARow && _waiting.TryDequeue(out var next); i++)
        {
            deliver(next.Link, next.Message);
        }

        // A full fence: a message that was enqueued before this is seen below, one that comes after it is scheduled by its sender.
        Interlocked.Exchange(ref _isScheduled, 0);
        if (!_waiting.IsEmpty)
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
