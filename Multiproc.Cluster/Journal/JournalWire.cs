using Multiproc.Cluster.Sessions;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Cluster.Journal;

/// <summary>The records of journals as bytes. Journals outlive versions: a tag never changes its meaning.</summary>
internal static class JournalWire
{
    public static void Write(this WireWriter writer, JournalRecord record)
    {
        writer.Byte(record switch
        {
            JournalRecord.Created => 1,
            JournalRecord.Stepped => 2,
            JournalRecord.NodeGone => 3,
            JournalRecord.DeadlinePassed => 4,
            JournalRecord.Ended => 5,
            JournalRecord.HandedOver => 6,
            JournalRecord.TakenOver => 7,
            _ => throw new InvalidOperationException($"{record.GetType().Name} has no tag."),
        });
        writer.VarInt(record.At.Ticks);
        switch (record)
        {
            case JournalRecord.Created created:
                writer.Write(created.Spec);
                break;
            case JournalRecord.Stepped stepped:
                writer.Write(stepped.Session);
                writer.VarUInt((ulong)stepped.Number);
                writer.VarUInt((ulong)stepped.Floor);
                writer.Write(stepped.Step);
                break;
            case JournalRecord.NodeGone gone:
                writer.String(gone.Node);
                break;
            case JournalRecord.Ended ended:
                writer.VarUInt((ulong)ended.Incarnation);
                writer.Byte((byte)ended.Reason);
                break;
            case JournalRecord.HandedOver handed:
                writer.Bytes(handed.State.Span);
                break;
            case JournalRecord.TakenOver taken:
                writer.VarUInt((ulong)taken.Incarnation);
                writer.Write(taken.Spec);
                break;
        }
    }

    public static JournalRecord ReadRecord(this ref WireReader reader)
    {
        byte tag = reader.Byte();
        var at = new Instant(reader.VarInt());
        return tag switch
        {
            1 => new JournalRecord.Created(at, reader.ReadSpec()),
            2 => new JournalRecord.Stepped(at, reader.ReadSession(), (long)reader.VarUInt(), (long)reader.VarUInt(), reader.ReadStep()),
            3 => new JournalRecord.NodeGone(at, reader.String()),
            4 => new JournalRecord.DeadlinePassed(at),
            5 => new JournalRecord.Ended(at, (long)reader.VarUInt(), reader.ReadEnd()),
            6 => new JournalRecord.HandedOver(at, reader.Bytes().ToArray()),
            7 => new JournalRecord.TakenOver(at, (long)reader.VarUInt(), reader.ReadSpec()),
            _ => throw new SerializationException(
                $"The journal has a record of kind {tag}, which this version does not know: it was written by a newer one. Update this node."),
        };
    }
}
