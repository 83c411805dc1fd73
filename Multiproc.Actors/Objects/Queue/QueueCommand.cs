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
        /// <summary>Writes everything except the item, for a put that does not wait.</summary>
        public static void WriteHead(WireWriter writer) => WriteHead(writer, null);

        public override void WriteTo(WireWriter writer)
        {
            WriteHead(writer, Timeout);
            writer.Payload(Item);
        }

        private static void WriteHead(WireWriter writer, WaitTimeout timeout)
        {
            writer.Byte(1);
            writer.Timeout(timeout);
        }
    }

    /// <summary>Takes the oldest item. It stays unacknowledged until <see cref="Taken"/>, and goes back if its taker dies before that.</summary>
    public sealed record Get(WaitTimeout Timeout) : QueueCommand, ITimedCommand
    {
        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(2);
            writer.Timeout(Timeout);
        }
    }

    /// <summary>Takes the oldest item, for a process that can claim the items sent along with it: see <see cref="ReadAhead"/>.</summary>
    public sealed record GetAhead(WaitTimeout Timeout) : QueueCommand, ITimedCommand
    {
        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(12);
            writer.Timeout(Timeout);
        }
    }

    /// <summary>Acknowledges the item of a call of this process: it has reached its caller, or its lease was completed.</summary>
    public sealed record Taken(long Call) : QueueCommand
    {
        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(3);
            writer.VarUInt((ulong)Call);
        }
    }

    public sealed record Size : QueueCommand
    {
        public static readonly Size Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(4);
    }

    /// <summary>Adds as many of the items, in order, as there is room for, waiting for room for the first. The reply is their number.</summary>
    public sealed record PutMany(Payload[] Items, WaitTimeout Timeout) : QueueCommand, ITimedCommand
    {
        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(5);
            writer.Timeout(Timeout);
            writer.Payloads(Items);
        }
    }

    /// <summary>Takes up to a number of items, waiting for the first. The thread is for queues that track holders; 0 for an asynchronous caller.</summary>
    public sealed record GetMany(int Max, WaitTimeout Timeout, int Thread) : QueueCommand, ITimedCommand
    {
        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(6);
            writer.VarUInt((uint)Max);
            writer.Timeout(Timeout);
            writer.VarUInt((uint)Thread);
        }
    }

    /// <summary>Acknowledges the first items of a call; the others go back as if they had never left.</summary>
    public sealed record AckMany(long Call, int Count) : QueueCommand
    {
        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(7);
            writer.VarUInt((ulong)Call);
            writer.VarUInt((uint)Count);
        }
    }

    /// <summary>Takes the oldest item on lease: until <see cref="Taken"/>, <see cref="Abandon"/>, or the death of its holder.</summary>
    public sealed record Lease(WaitTimeout Timeout) : QueueCommand, ITimedCommand
    {
        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(8);
            writer.Timeout(Timeout);
        }
    }

    /// <summary>Returns the item of a lease, which then counts as redelivered.</summary>
    public sealed record Abandon(long Call) : QueueCommand
    {
        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(9);
            writer.VarUInt((ulong)Call);
        }
    }

    /// <summary>Takes the oldest dead letter, if there is one; it stays unacknowledged until <see cref="Taken"/>.</summary>
    public sealed record TakeDeadLetter : QueueCommand
    {
        public static readonly TakeDeadLetter Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(10);
    }

    public sealed record CountDeadLetters : QueueCommand
    {
        public static readonly CountDeadLetters Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(11);
    }

    public abstract void WriteTo(WireWriter writer);

    public static QueueCommand ReadFrom(ref WireReader reader) => ReadFrom(reader.Byte(), ref reader, "queue");

    public static QueueCommand ReadFrom(byte tag, ref WireReader reader, string kind)
    {
        WaitTimeout timeout;
        switch (tag)
        {
            case 1:
                timeout = reader.Timeout();
                return new Put(reader.Payload(), timeout);
            case 2:
                return new Get(reader.Timeout());
            case 3:
                return new Taken((long)reader.VarUInt());
            case 4:
                return Size.Instance;
            case 5:
                timeout = reader.Timeout();
                return new PutMany(reader.Payloads(), timeout);
            case 6:
                int max = reader.Number();
                timeout = reader.Timeout();
                return new GetMany(max, timeout, reader.Number());
            case 7:
                long call = (long)reader.VarUInt();
                return new AckMany(call, reader.Number());
            case 8:
                return new Lease(reader.Timeout());
            case 9:
                return new Abandon((long)reader.VarUInt());
            case 10:
                return TakeDeadLetter.Instance;
            case 11:
                return CountDeadLetters.Instance;
            case 12:
                return new GetAhead(reader.Timeout());
            default:
                throw CommandFields.Unknown(kind, tag);
        }
    }
}
