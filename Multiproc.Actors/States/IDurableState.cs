using Multiproc.Serialization;

namespace Multiproc.States;

/// <summary>
/// A state that can be saved and restored: a restored one does the same with every later command, replies included. Its cell is saved by its owner.
/// </summary>
internal interface IDurableState : IObjectState
{
    void Save(WireWriter writer);

    /// <summary>Restores what was saved, into a state that was just created with the same options, and whose cell was restored.</summary>
    void Restore(ref WireReader reader);
}

/// <summary>Parts that saved states have in common.</summary>
internal static class DurableFields
{
    public delegate T Read<T>(ref WireReader reader);

    public static void Caller(this WireWriter writer, Caller caller)
    {
        writer.VarUInt((uint)caller.Process);
        writer.VarUInt((ulong)caller.Call);
    }

    public static Caller Caller(this ref WireReader reader) => new(reader.Natural(), (long)reader.VarUInt());

    public static void Waiters<T>(this WireWriter writer, WaitQueue<T> waiters, Action<WireWriter, T> write)
    {
        writer.VarUInt((uint)waiters.Count);
        foreach (var waiter in waiters.All)
        {
            writer.Caller(waiter.Caller);
            writer.VarInt(waiter.Deadline.Ticks);
            write(writer, waiter.Request);
        }
    }

    public static void Waiters<T>(this ref WireReader reader, WaitQueue<T> waiters, Read<T> read)
    {
        for (int left = reader.Count(); left > 0; left--)
        {
            var caller = reader.Caller();
            var deadline = new Instant(reader.VarInt());
            waiters.Enqueue(caller, deadline, read(ref reader));
        }
    }

    /// <summary>Reads a value into a copy. Saved values refer to no objects.</summary>
    public static Payload SavedPayload(this ref WireReader reader) => new(reader.Bytes().ToArray());

    /// <summary>Reads values into copies.</summary>
    public static Payload[] SavedPayloads(this ref WireReader reader)
    {
        var values = new Payload[reader.Count()];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = reader.SavedPayload();
        }

        return values;
    }
}
