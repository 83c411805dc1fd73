using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Lists;

/// <summary>
/// The commands of a list. Items are serialized; they are equal when their bytes are. A negative index counts from the end: -1 is after the last item, -2 is
/// the last item itself. The tags are on the wire.
/// </summary>
internal abstract record ListCommand : IWireCommand
{
    /// <summary>Read-only commands may be retried.</summary>
    public bool IsIdempotent => this is Get or Find or Count or Range or Slice;

    /// <summary>Reads an item. The reply is the item, or the number -1 when there is none.</summary>
    public sealed record Get(long At) : ListCommand
    {
        public const byte Tag = 1;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.VarInt(At);
        }
    }

    /// <summary>Sets an item. The reply is 1, or -1 when there is no such item.</summary>
    public sealed record Set(long At, Payload Value) : ListCommand
    {
        public const byte Tag = 2;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.VarInt(At);
            writer.Payload(Value);
        }
    }

    /// <summary>Replaces a range by items: inserts, removes or replaces. The reply is 1, or -1 when the range is outside.</summary>
    public sealed record Splice(long At, long Removed, Payload[] Items) : ListCommand
    {
        public const byte Tag = 3;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.VarInt(At);
            writer.VarInt(Removed);
            writer.Payloads(Items);
        }

        public bool Equals(Splice? other) => other is not null && At == other.At && Removed == other.Removed && Items.AsSpan().SequenceEqual(other.Items);

        public override int GetHashCode() => HashCode.Combine(At, Removed, Items.Length);
    }

    /// <summary>Removes an item. The reply is the item, or the number -1 when there is none.</summary>
    public sealed record Take(long At) : ListCommand
    {
        public const byte Tag = 4;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.VarInt(At);
        }
    }

    /// <summary>Removes the first equal item. The reply is 1 or 0.</summary>
    public sealed record Remove(Payload Value) : ListCommand
    {
        public const byte Tag = 5;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.Payload(Value);
        }
    }

    /// <summary>Finds equal items. The reply is the index of the first, or -1, and the count (as a packed number).</summary>
    public sealed record Find(Payload Value) : ListCommand
    {
        public const byte Tag = 6;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.Payload(Value);
        }
    }

    public sealed record Count : ListCommand
    {
        public const byte Tag = 7;

        public static readonly Count Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(Tag);
    }

    public sealed record Clear : ListCommand
    {
        public const byte Tag = 8;

        public static readonly Clear Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(Tag);
    }

    public sealed record Reverse : ListCommand
    {
        public const byte Tag = 9;

        public static readonly Reverse Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(Tag);
    }

    /// <summary>Reads up to a number of items from an index, at one moment. The reply is the items and the version of the list.</summary>
    public sealed record Range(long Start, long Max) : ListCommand
    {
        public const byte Tag = 10;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.VarInt(Start);
            writer.VarInt(Max);
        }
    }

    /// <summary>Replaces all items if the list still has the version. The reply is 1 or 0.</summary>
    public sealed record Replace(long Version, Payload[] Items) : ListCommand
    {
        public const byte Tag = 11;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.VarInt(Version);
            writer.Payloads(Items);
        }

        public bool Equals(Replace? other) => other is not null && Version == other.Version && Items.AsSpan().SequenceEqual(other.Items);

        public override int GetHashCode() => HashCode.Combine(Version, Items.Length);
    }

    /// <summary>Sets an item if it is still the expected one. The reply is 1, 0, or -1 when there is no such item.</summary>
    public sealed record CompareAndSet(long At, Payload Expected, Payload Value) : ListCommand
    {
        public const byte Tag = 12;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.VarInt(At);
            writer.Payload(Expected);
            writer.Payload(Value);
        }
    }

    /// <summary>Adds to an item that is an integer. The reply is the new number.</summary>
    public sealed record Increment(long At, long Amount) : ListCommand
    {
        public const byte Tag = 13;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.VarInt(At);
            writer.VarInt(Amount);
        }
    }

    /// <summary>Reads a slice, clipped as in Python. The reply is as for <see cref="Range"/>.</summary>
    public sealed record Slice(long From, long To) : ListCommand
    {
        public const byte Tag = 14;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.VarInt(From);
            writer.VarInt(To);
        }
    }

    /// <summary>Replaces a slice, clipped as in Python, by items. The reply is 1.</summary>
    public sealed record SetSlice(long From, long To, Payload[] Items) : ListCommand
    {
        public const byte Tag = 15;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.VarInt(From);
            writer.VarInt(To);
            writer.Payloads(Items);
        }

        public bool Equals(SetSlice? other) => other is not null && From == other.From && To == other.To && Items.AsSpan().SequenceEqual(other.Items);

        public override int GetHashCode() => HashCode.Combine(From, To, Items.Length);
    }

    public abstract void WriteTo(WireWriter writer);

    public static ListCommand ReadFrom(ref WireReader reader) => reader.Byte() switch
    {
        Get.Tag => new Get(reader.VarInt()),
        Set.Tag => new Set(reader.VarInt(), reader.Payload()),
        Splice.Tag => new Splice(reader.VarInt(), reader.VarInt(), reader.Payloads()),
        Take.Tag => new Take(reader.VarInt()),
        Remove.Tag => new Remove(reader.Payload()),
        Find.Tag => new Find(reader.Payload()),
        Count.Tag => Count.Instance,
        Clear.Tag => Clear.Instance,
        Reverse.Tag => Reverse.Instance,
        Range.Tag => new Range(reader.VarInt(), reader.VarInt()),
        Replace.Tag => new Replace(reader.VarInt(), reader.Payloads()),
        CompareAndSet.Tag => new CompareAndSet(reader.VarInt(), reader.Payload(), reader.Payload()),
        Increment.Tag => new Increment(reader.VarInt(), reader.VarInt()),
        Slice.Tag => new Slice(reader.VarInt(), reader.VarInt()),
        SetSlice.Tag => new SetSlice(reader.VarInt(), reader.VarInt(), reader.Payloads()),
        byte other => throw CommandFields.Unknown("list", other),
    };
}
