using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Sets;

/// <summary>How a set is combined with given items, all in one step. The numbers are on the wire.</summary>
internal enum SetOperation : byte
{
    Union = 1,
    Except = 2,
    Intersect = 3,
    SymmetricExcept = 4,

    /// <summary>Changes nothing: for the count of items that are there.</summary>
    Compare = 5,
}

/// <summary>What can be asked of a set. Items are serialized values; they are equal when their bytes are. The tags are on the wire.</summary>
internal abstract record SetCommand(byte Tag) : IWireCommand
{
    /// <summary>Whoever only looks may look twice.</summary>
    public bool IsIdempotent => this is Count or Page or Combine { Operation: SetOperation.Compare };

    /// <summary>
    /// Combines the set with items. Answers how many of the given ones were there before, and as a packed number how many different
    /// ones were given; behind that how many the set had before.
    /// </summary>
    public sealed record Combine(SetOperation Operation, Payload[] Items) : SetCommand(1)
    {
        protected override void Fields(WireWriter writer)
        {
            writer.Byte((byte)Operation);
            writer.Payloads(Items);
        }

        public bool Equals(Combine? other) => other is not null && Operation == other.Operation && Items.AsSpan().SequenceEqual(other.Items);

        public override int GetHashCode() => HashCode.Combine(Operation, Items.Length);
    }

    public sealed record Count() : SetCommand(2)
    {
        public static readonly Count Instance = new();
    }

    public sealed record Clear() : SetCommand(3)
    {
        public static readonly Clear Instance = new();
    }

    /// <summary>Removes the oldest item and answers it, or number -1 when there is none.</summary>
    public sealed record Pop() : SetCommand(4)
    {
        public static readonly Pop Instance = new();
    }

    /// <summary>The items behind a cursor, at most so many. Answers the next cursor (-1: there are no more) and the items.</summary>
    public sealed record Page(long Cursor, int Max) : SetCommand(5)
    {
        protected override void Fields(WireWriter writer)
        {
            writer.VarInt(Cursor);
            writer.VarUInt((uint)Max);
        }
    }

    public void WriteTo(WireWriter writer)
    {
        writer.Byte(Tag);
        Fields(writer);
    }

    protected virtual void Fields(WireWriter writer)
    {
    }

    public static SetCommand ReadFrom(ref WireReader reader)
    {
        byte tag = reader.Byte();
        return tag switch
        {
            1 => new Combine(ReadOperation(reader.Byte()), reader.Payloads()),
            2 => Count.Instance,
            3 => Clear.Instance,
            4 => Pop.Instance,
            5 => new Page(reader.VarInt(), (int)Math.Min(reader.VarUInt(), int.MaxValue)),
            _ => throw CommandFields.Unknown("set", tag),
        };
    }

    private static SetOperation ReadOperation(byte number) => number is >= (byte)SetOperation.Union and <= (byte)SetOperation.Compare
        ? (SetOperation)number
        : throw new SerializationException($"Malformed command: {number} is not an operation on a set.");
}
