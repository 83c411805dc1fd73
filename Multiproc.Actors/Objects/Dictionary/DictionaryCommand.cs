using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Dictionaries;

/// <summary>The commands of a dictionary. Keys and values are serialized; keys are equal when their bytes are. The tags are on the wire.</summary>
internal abstract record DictionaryCommand : IWireCommand
{
    /// <summary>Read-only commands may be retried.</summary>
    public bool IsIdempotent => this is Get or GetMany or Count or Page;

    /// <summary>The reply is the value and its version; version -1 when the key is not there.</summary>
    public sealed record Get(Payload Key) : DictionaryCommand
    {
        public const byte Tag = 1;

        public override void WriteTo(WireWriter writer) => Write(writer, Tag, Key);
    }

    public sealed record Set(Payload Key, Payload Value) : DictionaryCommand
    {
        public const byte Tag = 2;

        public override void WriteTo(WireWriter writer) => Write(writer, Tag, Key, Value);
    }

    /// <summary>Adds an entry. The reply is 1 when the key was new; otherwise 0, and nothing changes.</summary>
    public sealed record TryAdd(Payload Key, Payload Value) : DictionaryCommand
    {
        public const byte Tag = 3;

        public override void WriteTo(WireWriter writer) => Write(writer, Tag, Key, Value);
    }

    /// <summary>Removes an entry. The reply is the removed value with its version; -1 when there was none.</summary>
    public sealed record Remove(Payload Key) : DictionaryCommand
    {
        public const byte Tag = 4;

        public override void WriteTo(WireWriter writer) => Write(writer, Tag, Key);
    }

    public sealed record Count : DictionaryCommand
    {
        public const byte Tag = 5;

        public static readonly Count Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(Tag);
    }

    public sealed record Clear : DictionaryCommand
    {
        public const byte Tag = 6;

        public static readonly Clear Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(Tag);
    }

    /// <summary>Sets the value if the key still has the expected version (-1: not there). The reply is 1 or 0.</summary>
    public sealed record CompareAndSet(Payload Key, long Version, Payload Value) : DictionaryCommand
    {
        public const byte Tag = 7;

        public override void WriteTo(WireWriter writer)
        {
            Write(writer, Tag, Key, Value);
            writer.VarInt(Version);
        }
    }

    /// <summary>Reads a page of entries after a cursor. The reply is the next cursor (-1: no more) and key, value, key, value, ….</summary>
    public sealed record Page(long Cursor, int Max) : DictionaryCommand
    {
        public const byte Tag = 8;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.VarInt(Cursor);
            writer.VarUInt((uint)Max);
        }
    }

    /// <summary>Adds to integers, in one step for all keys; a missing key counts from 0. The reply is the last new number.</summary>
    public sealed record Increment(IReadOnlyList<(Payload Key, long Delta)> Items) : DictionaryCommand
    {
        public const byte Tag = 9;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.VarUInt((uint)Items.Count);
            foreach (var (key, delta) in Items)
            {
                writer.Payload(key);
                writer.VarInt(delta);
            }
        }
    }

    /// <summary>
    /// Adds to integers unless a given mark is already a key; then adds the mark as a key with the value 1. The reply is 1 when done, 0 when the mark was
    /// there.
    /// </summary>
    public sealed record IncrementOnce(Payload Mark, Increment Amounts) : DictionaryCommand
    {
        public const byte Tag = 32;

        public override void WriteTo(WireWriter writer)
        {
            Write(writer, Tag, Mark);
            Amounts.WriteTo(writer);
        }
    }

    /// <summary>Reads several keys at one moment. The reply has the version (-1: not there) and the value of each.</summary>
    public sealed record GetMany(IReadOnlyList<Payload> Keys) : DictionaryCommand
    {
        public const byte Tag = 10;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.Payloads(Keys);
        }
    }

    /// <summary>Removes the newest entry. The reply is its key and value, or -1 when there is none.</summary>
    public sealed record PopLast : DictionaryCommand
    {
        public const byte Tag = 11;

        public static readonly PopLast Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(Tag);
    }

    /// <summary>
    /// Changes several entries in one step, if the entries that were read still have their versions (-1: not there). A change without a value removes the
    /// entry. The reply is 1; or 0 when one of them was written meanwhile, and then nothing changes.
    /// </summary>
    public sealed record Commit(IReadOnlyList<(Payload Key, long Version)> Reads, IReadOnlyList<(Payload Key, Payload? Value)> Writes) : DictionaryCommand
    {
        public const byte Tag = 12;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.VarUInt((uint)Reads.Count);
            foreach (var (key, version) in Reads)
            {
                writer.Payload(key);
                writer.VarInt(version);
            }

            writer.VarUInt((uint)Writes.Count);
            foreach (var (key, value) in Writes)
            {
                writer.Payload(key);
                writer.Bool(value.HasValue);
                writer.Payload(value ?? Serialization.Payload.Empty);
            }
        }
    }

    public abstract void WriteTo(WireWriter writer);

    public static DictionaryCommand ReadFrom(ref WireReader reader) => reader.Byte() switch
    {
        Get.Tag => new Get(reader.Payload()),
        Set.Tag => new Set(reader.Payload(), reader.Payload()),
        TryAdd.Tag => new TryAdd(reader.Payload(), reader.Payload()),
        Remove.Tag => new Remove(reader.Payload()),
        Count.Tag => Count.Instance,
        Clear.Tag => Clear.Instance,
        CompareAndSet.Tag => new CompareAndSet(Key: reader.Payload(), Value: reader.Payload(), Version: reader.VarInt()),
        Page.Tag => new Page(reader.VarInt(), (int)Math.Min(reader.VarUInt(), int.MaxValue)),
        Increment.Tag => ReadIncrement(ref reader),
        IncrementOnce.Tag => ReadIncrementOnce(ref reader),
        GetMany.Tag => new GetMany(reader.Payloads()),
        PopLast.Tag => PopLast.Instance,
        Commit.Tag => ReadCommit(ref reader),
        byte other => throw CommandFields.Unknown("dictionary", other),
    };

    private static IncrementOnce ReadIncrementOnce(ref WireReader reader)
    {
        var mark = reader.Payload();
        byte inner = reader.Byte();
        return inner == Increment.Tag ? new IncrementOnce(mark, ReadIncrement(ref reader)) : throw CommandFields.Unknown("dictionary", inner);
    }

    private static Increment ReadIncrement(ref WireReader reader)
    {
        // Thousands of keys come in one command: they share one copy of it, and the state copies those that it keeps.
        var items = new (Payload, long)[reader.Count(atLeast: 2)];
        byte[] copy = reader.Rest().ToArray();
        var fields = new WireReader(copy);
        for (int i = 0; i < items.Length; i++)
        {
            int size = fields.Bytes().Length;
            items[i] = (new Payload(copy.AsMemory(fields.Position - size, size)), fields.VarInt());
        }

        return new Increment(items);
    }

    private static Commit ReadCommit(ref WireReader reader)
    {
        var reads = new (Payload, long)[reader.Count(atLeast: 2)];
        for (int i = 0; i < reads.Length; i++)
        {
            reads[i] = (reader.Payload(), reader.VarInt());
        }

        var writes = new (Payload, Payload?)[reader.Count(atLeast: 3)];
        for (int i = 0; i < writes.Length; i++)
        {
            var key = reader.Payload();
            bool isWritten = reader.Bool();
            var value = reader.Payload();
            writes[i] = (key, isWritten ? value : null);
        }

        return new Commit(reads, writes);
    }

    private static void Write(WireWriter writer, byte tag, Payload key)
    {
        writer.Byte(tag);
        writer.Payload(key);
    }

    private static void Write(WireWriter writer, byte tag, Payload key, Payload value)
    {
        Write(writer, tag, key);
        writer.Payload(value);
    }
}
