using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Sets;

/// <summary>How a set is combined with given items, in one step. The numbers are on the wire.</summary>
internal enum SetOperation : byte
{
    Union = 1,
    Except = 2,
    Intersect = 3,
    SymmetricExcept = 4,

    /// <summary>Changes nothing; only counts the given items that are in the set.</summary>
    Compare = 5,
}

/// <summary>The commands of a set. Items are serialized; they are equal when their bytes are. The tags are on the wire.</summary>
internal abstract record SetCommand : IWireCommand
{
    /// <summary>Read-only commands may be retried.</summary>
    public bool IsIdempotent => this is Count or Page or Combine { Operation: SetOperation.Compare };

    /// <summary>
    /// Combines the set with items. The reply is the number of given items that were in the set before, then, as packed numbers, the number of different given
    /// items and the number of items that the set had before.
    /// </summary>
    public sealed record Combine(SetOperation Operation, Payload[] Items) : SetCommand
    {
        public const byte Tag = 1;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.Byte((byte)Operation);
            writer.Payloads(Items);
        }

        public bool Equals(Combine? other) => other is not null && Operation == other.Operation && Items.AsSpan().SequenceEqual(other.Items);

        public override int GetHashCode() => HashCode.Combine(Operation, Items.Length);
    }

    public sealed record Count : SetCommand
    {
        public const byte Tag = 2;

        public static readonly Count Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(Tag);
    }

    public sealed record Clear : SetCommand
    {
        public const byte Tag = 3;

        public static readonly Clear Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(Tag);
    }

    /// <summary>Removes the oldest item. The reply is the item, or the number -1 when there is none.</summary>
    public sealed record Pop : SetCommand
    {
        public const byte Tag = 4;

        public static readonly Pop Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(Tag);
    }

    /// <summary>Reads a page of items after a cursor. The reply is the next cursor (-1: no more) and the items.</summary>
    public sealed record Page(long Cursor, int Max) : SetCommand
    {
        public const byte Tag = 5;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.VarInt(Cursor);
            writer.VarUInt((uint)Max);
        }
    }

    public abstract void WriteTo(WireWriter writer);

    public static SetCommand ReadFrom(ref WireReader reader) => reader.Byte() switch
    {
        Combine.Tag => new Combine(ReadOperation(reader.Byte()), reader.Payloads()),
        Count.Tag => Count.Instance,
        Clear.Tag => Clear.Instance,
        Pop.Tag => Pop.Instance,
        Page.Tag => new Page(reader.VarInt(), (int)Math.Min(reader.VarUInt(), int.MaxValue)),
        byte other => throw CommandFields.Unknown("set", other),
    };

    private static SetOperation ReadOperation(byte number) => number is >= (byte)SetOperation.Union and <= (byte)SetOperation.Compare
        ? (SetOperation)number
        : throw new SerializationException($"Malformed command: {number} is not an operation on a set.");
}
