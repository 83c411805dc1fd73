using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Queues;

/// <summary>The commands of a queue. The tags are on the wire.</summary>
internal abstract record QueueCommand : IWireCommand
{
    /// <summary>Adds an item, waiting for room. When no reply is wanted (an unbounded queue), nothing waits.</summary>
    public sealed record Put(Payload Item, WaitTimeout Timeout) : QueueCommand, ITimedCommand
    {
        public const byte Tag = 1;

        /// <summary>Writes everything except the item, for a put that does not wait.</summary>
        public static void WriteHead(WireWriter writer) => WriteHead(writer, null);

        public override void WriteTo(WireWriter writer)
        {
            WriteHead(writer, Timeout);
            writer.Payload(Item);
        }

        private static void WriteHead(WireWriter writer, WaitTimeout timeout)
        {
            writer.Byte(Tag);
            writer.Timeout(timeout);
        }
    }

    /// <summary>Takes the oldest item. It stays unacknowledged until <see cref="Taken"/>, and goes back if its taker dies before that.</summary>
    public sealed record Get(WaitTimeout Timeout) : QueueCommand, ITimedCommand
    {
        public const byte Tag = 2;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.Timeout(Timeout);
        }
    }

    /// <summary>Takes the oldest item, for a process that can claim the items sent along with it: see <see cref="ReadAhead"/>.</summary>
    public sealed record GetAhead(WaitTimeout Timeout) : QueueCommand, ITimedCommand
    {
        public const byte Tag = 12;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.Timeout(Timeout);
        }
    }

    /// <summary>Acknowledges the item of a call of this process: it has reached its caller, or its lease was completed.</summary>
    public sealed record Taken(long Call) : QueueCommand
    {
        public const byte Tag = 3;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.VarUInt((ulong)Call);
        }
    }

    public sealed record Size : QueueCommand
    {
        public const byte Tag = 4;

        public static readonly Size Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(Tag);
    }

    /// <summary>Adds as many of the items, in order, as there is room for, waiting for room for the first. The reply is their number.</summary>
    public sealed record PutMany(Payload[] Items, WaitTimeout Timeout) : QueueCommand, ITimedCommand
    {
        public const byte Tag = 5;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.Timeout(Timeout);
            writer.Payloads(Items);
        }
    }

    /// <summary>Takes up to a number of items, waiting for the first. The thread is for queues that track holders; 0 for an asynchronous caller.</summary>
    public sealed record GetMany(int Max, WaitTimeout Timeout, int Thread) : QueueCommand, ITimedCommand
    {
        public const byte Tag = 6;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.VarUInt((uint)Max);
            writer.Timeout(Timeout);
            writer.VarUInt((uint)Thread);
        }
    }

    /// <summary>Acknowledges the first items of a call; the others go back as if they had never left.</summary>
    public sealed record AckMany(long Call, int Count) : QueueCommand
    {
        public const byte Tag = 7;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.VarUInt((ulong)Call);
            writer.VarUInt((uint)Count);
        }
    }

    /// <summary>Takes the oldest item on lease: until <see cref="Taken"/>, <see cref="Abandon"/>, or the death of its holder.</summary>
    public sealed record Lease(WaitTimeout Timeout) : QueueCommand, ITimedCommand
    {
        public const byte Tag = 8;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.Timeout(Timeout);
        }
    }

    /// <summary>Returns the item of a lease, which then counts as redelivered.</summary>
    public sealed record Abandon(long Call) : QueueCommand
    {
        public const byte Tag = 9;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.VarUInt((ulong)Call);
        }
    }

    /// <summary>Takes the oldest dead letter, waiting for one; it stays unacknowledged until <see cref="Taken"/>.</summary>
    public sealed record TakeDeadLetter(WaitTimeout Timeout) : QueueCommand, ITimedCommand
    {
        public const byte Tag = 15;

        /// <summary>The tag of one that does not wait, in journals of earlier builds.</summary>
        public const byte TagWithoutWait = 10;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.Timeout(Timeout);
        }
    }

    public sealed record CountDeadLetters : QueueCommand
    {
        public const byte Tag = 11;

        public static readonly CountDeadLetters Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(Tag);
    }

    /// <summary>Adds an item with terms, waiting for room.</summary>
    public sealed record PutWith(Payload Item, WaitTimeout Timeout, PutTerms Terms) : QueueCommand, ITimedCommand
    {
        public const byte Tag = 13;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.Timeout(Timeout);
            Terms.WriteTo(writer);
            writer.Payload(Item);
        }
    }

    /// <summary>Reads the item that would be taken next, waiting for one; takes nothing.</summary>
    public sealed record Peek(WaitTimeout Timeout) : QueueCommand, ITimedCommand
    {
        public const byte Tag = 14;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.Timeout(Timeout);
        }
    }

    public abstract void WriteTo(WireWriter writer);

    public static QueueCommand ReadFrom(ref WireReader reader) => ReadFrom(reader.Byte(), ref reader, "queue");

    public static QueueCommand ReadFrom(byte tag, ref WireReader reader, string kind) => tag switch
    {
        Put.Tag => new Put(Timeout: reader.Timeout(), Item: reader.Payload()),
        Get.Tag => new Get(reader.Timeout()),
        Taken.Tag => new Taken((long)reader.VarUInt()),
        Size.Tag => Size.Instance,
        PutMany.Tag => new PutMany(Timeout: reader.Timeout(), Items: reader.Payloads()),
        GetMany.Tag => new GetMany(reader.Number(), reader.Timeout(), reader.Number()),
        AckMany.Tag => new AckMany((long)reader.VarUInt(), reader.Number()),
        Lease.Tag => new Lease(reader.Timeout()),
        Abandon.Tag => new Abandon((long)reader.VarUInt()),
        TakeDeadLetter.Tag => new TakeDeadLetter(reader.Timeout()),
        TakeDeadLetter.TagWithoutWait => new TakeDeadLetter(WaitTimeout.Zero),
        CountDeadLetters.Tag => CountDeadLetters.Instance,
        GetAhead.Tag => new GetAhead(reader.Timeout()),
        PutWith.Tag => new PutWith(Timeout: reader.Timeout(), Terms: PutTerms.ReadFrom(ref reader), Item: reader.Payload()),
        Peek.Tag => new Peek(reader.Timeout()),
        _ => throw CommandFields.Unknown(kind, tag),
    };
}
