using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Queues;

/// <summary>What a put says of its item beside its place in the line: null in items of puts that say nothing.</summary>
/// <param name="Priority">Items of a higher one are taken first; 0 is that of ordinary items.</param>
/// <param name="Delay">How long the item is not to be taken.</param>
/// <param name="TimeToLive">How long it can be taken from then on; infinite for what the queue's options say.</param>
internal sealed record PutTerms(int Priority, WaitTimeout Delay, WaitTimeout TimeToLive)
{
    /// <summary>What it means for an item that is put at an instant.</summary>
    public ItemTerms At(Instant now, WaitTimeout ofQueue)
    {
        var ready = now.After(Delay);
        return new ItemTerms(Priority, ready, ready.After(TimeToLive.IsInfinite ? ofQueue : TimeToLive));
    }

    public void WriteTo(WireWriter writer)
    {
        writer.VarInt(Priority);
        writer.Timeout(Delay);
        writer.Timeout(TimeToLive);
    }

    public static PutTerms ReadFrom(ref WireReader reader)
    {
        long priority = reader.VarInt();
        return priority is >= int.MinValue and <= int.MaxValue
            ? new PutTerms((int)priority, reader.Timeout(), reader.Timeout())
            : throw new SerializationException($"Malformed command: {priority} is too large for a priority.");
    }
}

/// <summary>The terms of an item in a queue.</summary>
/// <param name="Priority">Items of a higher one are taken first; 0 is that of ordinary items.</param>
/// <param name="Ready">From when on it can be taken.</param>
/// <param name="Expires">From when on it cannot be taken any more.</param>
/// <param name="Place">Its place among the items of its priority: its number, or the number at which it became ready; 0 before that.</param>
/// <param name="HasExpired">Whether it was set aside because it expired.</param>
internal sealed record ItemTerms(int Priority, Instant Ready, Instant Expires, long Place = 0, bool HasExpired = false)
{
    public void Save(WireWriter writer)
    {
        writer.VarInt(Priority);
        writer.VarInt(Ready.Ticks);
        writer.VarInt(Expires.Ticks);
        writer.VarInt(Place);
        writer.Bool(HasExpired);
    }

    public static ItemTerms Restore(ref WireReader reader) =>
        new((int)reader.VarInt(), new Instant(reader.VarInt()), new Instant(reader.VarInt()), reader.VarInt(), reader.Bool());
}
