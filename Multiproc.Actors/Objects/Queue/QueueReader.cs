using Multiproc.Serialization;

namespace Multiproc.Objects.Queues;

/// <summary>A facade's way to the items of its queue: those that are here already, then those of the home.</summary>
internal sealed class QueueReader(ObjectHandle handle)
{
    private volatile ItemsAhead? _ahead;

    /// <summary>The question for the next item. Reading ahead needs mapped memory, and a home that need not know at once that there is room again.</summary>
    public QueueCommand Question(WaitTimeout timeout, bool isBounded) =>
        !isBounded && handle.IsNear ? new QueueCommand.GetAhead(timeout) : new QueueCommand.Get(timeout);

    /// <summary>An item that is here, if the home has not called it back.</summary>
    /// <exception cref="ObjectDisposedException">The queue was disposed here.</exception>
    public unsafe bool TryTake(out Payload item)
    {
        item = default;
        if (_ahead is not { } ahead)
        {
            return false;
        }

        if (handle.IsNear && ahead.TryClaim(new AheadCell(handle.Memory), out item))
        {
            return true;
        }

        // Another thread may have got a newer batch meanwhile: that one stays, or else is called back by the home.
        Interlocked.CompareExchange(ref _ahead, null, ahead);
        return false;
    }

    /// <summary>The item of an answer, of which the home is told that it has come.</summary>
    public Payload Open(in Answer answer)
    {
        handle.TellTaken(answer);
        if (answer.Number != ItemsAhead.Mark)
        {
            return answer.Value;
        }

        _ahead = ItemsAhead.Read(answer.Value, out var first);
        return first;
    }
}
