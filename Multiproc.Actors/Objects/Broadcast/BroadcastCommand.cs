using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Broadcasts;

/// <summary>The commands of a broadcast. The tags are on the wire.</summary>
internal abstract record BroadcastCommand : IWireCommand
{
    /// <summary>A reader that asks for the same items again gets the same ones.</summary>
    public bool IsIdempotent => this is Next or CountReaders;

    /// <summary>Gives an item to all readers, waiting for room. The reply is 1.</summary>
    public sealed record Publish(Payload Item, WaitTimeout Timeout) : BroadcastCommand, ITimedCommand
    {
        public const byte Tag = 1;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.Timeout(Timeout);
            writer.Payload(Item);
        }
    }

    /// <summary>Adds a reader. The reply is its number, and, packed, the number of the next item.</summary>
    public sealed record Subscribe : BroadcastCommand
    {
        public const byte Tag = 2;

        public static readonly Subscribe Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(Tag);
    }

    /// <summary>
    /// Reads items, waiting for the first, and says that the reader has all items before <paramref name="From"/>. The reply is the items and the number of the
    /// first of them, which is higher than the one asked for when items were dropped; or <see cref="IsCut"/> when the reader was disconnected.
    /// </summary>
    public sealed record Next(long Reader, long From, int Max, WaitTimeout Timeout) : BroadcastCommand, ITimedCommand
    {
        public const byte Tag = 3;
        public const int IsCut = -1;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.VarUInt((ulong)Reader);
            writer.VarUInt((ulong)From);
            writer.VarUInt((uint)Max);
            writer.Timeout(Timeout);
        }
    }

    public sealed record Unsubscribe(long Reader) : BroadcastCommand
    {
        public const byte Tag = 4;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.VarUInt((ulong)Reader);
        }
    }

    public sealed record CountReaders : BroadcastCommand
    {
        public const byte Tag = 5;

        public static readonly CountReaders Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(Tag);
    }

    /// <summary>
    /// Gives items, in order, to all readers, waiting for room for the first. The reply is how many of them were published: at least one of those that
    /// there are, and at most as many as are kept for slow readers.
    /// </summary>
    public sealed record PublishMany(Payload[] Items, WaitTimeout Timeout) : BroadcastCommand, ITimedCommand
    {
        public const byte Tag = 6;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.Timeout(Timeout);
            writer.Payloads(Items);
        }
    }

    public abstract void WriteTo(WireWriter writer);

    public static BroadcastCommand ReadFrom(ref WireReader reader) => reader.Byte() switch
    {
        Publish.Tag => new Publish(Timeout: reader.Timeout(), Item: reader.Payload()),
        Subscribe.Tag => Subscribe.Instance,
        Next.Tag => new Next((long)reader.VarUInt(), (long)reader.VarUInt(), reader.Number(), reader.Timeout()),
        Unsubscribe.Tag => new Unsubscribe((long)reader.VarUInt()),
        CountReaders.Tag => CountReaders.Instance,
        PublishMany.Tag => new PublishMany(Timeout: reader.Timeout(), Items: reader.Payloads()),
        byte other => throw CommandFields.Unknown("broadcast", other),
    };
}
