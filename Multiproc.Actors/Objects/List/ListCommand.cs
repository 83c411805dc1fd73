using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Lists;

/// <summary>
/// The commands of a list. Items are serialized; they are equal when their bytes are. A negative index counts from the end: -1 is after the last item, -2 is
/// the last item itself. The tags are on the wire.
/// </summary>
internal abstract record ListCommand(byte Tag) : IWireCommand
{
    /// <summary>Read-only commands may be retried.</summary>
    public bool IsIdempotent => this is Get or Find or Count or Range or Slice;

    /// <summary>Reads an item. The reply is the item, or the number -1 when there is none.</summary>
    public sealed record Get(long At) : ListCommand(1)
    {
        protected override void Fields(WireWriter writer) => writer.VarInt(At);
    }

    /// <summary>Sets an item. The reply is 1, or -1 when there is no such item.</summary>
    public sealed record Set(long At, Payload Value) : ListCommand(2)
    {
        protected override void Fields(WireWriter writer)
        {
            writer.VarInt(At);
            writer.Payload(Value);
        }
    }

    /// <summary>Replaces a range by items: inserts, removes or replaces. The reply is 1, or -1 when the range is outside.</summary>
    public sealed record Splice(long At, long Removed, Payload[] Items) : ListCommand(3)
    {
        protected override void Fields(WireWriter writer)
        {
            writer.VarInt(At);
            writer.VarInt(Removed);
            writer.Payloads(Items);
        }

        public bool Equals(Splice? other) => other is not null && At == other.At && Removed == other.Removed && Items.AsSpan().SequenceEqual(other.Items);

        public override int GetHashCode() => HashCode.Combine(At, Removed, Items.Length);
    }

    /// <summary>Removes an item. The reply is the item, or the number -1 when there is none.</summary>
    public sealed record Take(long At) : ListCommand(4)
    {
        protected override void Fields(WireWriter writer) => writer.VarInt(At);
    }

    /// <summary>Removes the first equal item. The reply is 1 or 0.</summary>
    public sealed record Remove(Payload Value) : ListCommand(5)
    {
        protected override void Fields(WireWriter writer) => writer.Payload(Value);
    }

    /// <summary>Finds equal items. The reply is the index of the first, or -1, and the count (as a packed number).</summary>
    public sealed record Find(Payload Value) : ListCommand(6)
    {
        protected override void Fields(WireWriter writer) => writer.Payload(Value);
    }

    public sealed record Count() : ListCommand(7)
    {
        public static readonly Count Instance = new();
    }

    public sealed record Clear() : ListCommand(8)
    {
        public static readonly Clear Instance = new();
    }

    public sealed record Reverse() : ListCommand(9)
    {
        public static readonly Reverse Instance = new();
    }

    /// <summary>Reads up to a number of items from an index, at one moment. The reply is the items and the version of the list.</summary>
    public sealed record Range(long Start, long Max) : ListCommand(10)
    {
        protected override void Fields(WireWriter writer)
        {
            writer.VarInt(Start);
            writer.VarInt(Max);
        }
    }

    /// <summary>Replaces all items if the list still has the version. The reply is 1 or 0.</summary>
    public sealed record Replace(long Version, Payload[] Items) : ListCommand(11)
    {
        protected override void Fields(WireWriter writer)
        {
            writer.VarInt(Version);
            writer.Payloads(Items);
        }

        public bool Equals(Replace? other) => other is not null && Version == other.Version && Items.AsSpan().SequenceEqual(other.Items);

        public override int GetHashCode() => HashCode.Combine(Version, Items.Length);
    }

    /// <summary>Sets an item if it is still the expected one. The reply is 1, 0, or -1 when there is no such item.</summary>
    public sealed record CompareAndSet(long At, Payload Expected, Payload Value) : ListCommand(12)
    {
        protected override void Fields(WireWriter writer)
        {
            writer.VarInt(At);
            writer.Payload(Expected);
            writer.Payload(Value);
        }
    }

    /// <summary>Adds to an item that is an integer. The reply is the new number.</summary>
    public sealed record Increment(long At, long Amount) : ListCommand(13)
    {
        protected override void Fields(WireWriter writer)
        {
            writer.VarInt(At);
            writer.VarInt(Amount);
        }
    }

    /// <summary>Reads a slice, clipped as in Python. The reply is as for <see cref="Range"/>.</summary>
    public sealed record Slice(long From, long To) : ListCommand(14)
    {
        protected override void Fields(WireWriter writer)
        {
            writer.VarInt(From);
            writer.VarInt(To);
        }
    }

    /// <summary>Replaces a slice, clipped as in Python, by items. The reply is 1.</summary>
    public sealed record SetSlice(long From, long To, Payload[] Items) : ListCommand(15)
    {
        protected override void Fields(WireWriter writer)
        {
            writer.VarInt(From);
            writer.VarInt(To);
            writer.Payloads(Items);
        }

        public bool Equals(SetSlice? other) => other is not null && From == other.From && To == other.To && Items.AsSpan().SequenceEqual(other.Items);

        public override int GetHashCode() => HashCode.Combine(From, To, Items.Length);
    }

    public void WriteTo(WireWriter writer)
    {
        writer.Byte(Tag);
        Fields(writer);
    }

    protected virtual void Fields(WireWriter writer)
    {
    }

    public static ListCommand ReadFrom(ref WireReader reader)
    {
        byte tag = reader.Byte();
        return tag switch
        {
            1 => new Get(reader.VarInt()),
            2 => new Set(reader.VarInt(), reader.Payload()),
            3 => new Splice(reader.VarInt(), reader.VarInt(), reader.Payloads()),
            4 => new Take(reader.VarInt()),
            5 => new Remove(reader.Payload()),
            6 => new Find(reader.Payload()),
            7 => Count.Instance,
            8 => Clear.Instance,
            9 => Reverse.Instance,
            10 => new Range(reader.VarInt(), reader.VarInt()),
            11 => new Replace(reader.VarInt(), reader.Payloads()),
            12 => new CompareAndSet(reader.VarInt(), reader.Payload(), reader.Payload()),
            13 => new Increment(reader.VarInt(), reader.VarInt()),
            14 => new Slice(reader.VarInt(), reader.VarInt()),
            15 => new SetSlice(reader.VarInt(), reader.VarInt(), reader.Payloads()),
            _ => throw CommandFields.Unknown("list", tag),
        };
    }
}
