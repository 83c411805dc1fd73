using Multiproc.Serialization;

namespace Multiproc.Objects.Queues;

/// <summary>What can be asked of a queue. The tags are on the wire.</summary>
internal abstract record QueueCommand : ICommand
{
    /// <summary>Adds an item; waits for room. Without an answer wanted (an unbounded queue) nothing waits.</summary>
    public sealed record Put(Payload Item, TimeSpan? Timeout) : QueueCommand
    {
        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(1);
            writer.Timeout(Timeout);
            writer.Payload(Item);
        }
    }

    /// <summary>Takes the oldest item. It stays in hand until <see cref="Taken"/>, and comes back when its taker dies before.</summary>
    public sealed record Get(TimeSpan? Timeout) : QueueCommand
    {
        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(2);
            writer.Timeout(Timeout);
        }
    }

    /// <summary>The item of that call of this process has reached its caller.</summary>
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

    public abstract void WriteTo(WireWriter writer);

    public static QueueCommand ReadFrom(ref WireReader reader)
    {
        byte tag = reader.Byte();
        switch (tag)
        {
            case 1:
                var timeout = reader.Timeout();
                return new Put(reader.Payload(), timeout);
            case 2:
                return new Get(reader.Timeout());
            case 3:
                return new Taken((long)reader.VarUInt());
            case 4:
                return Size.Instance;
            default:
                throw CommandFields.Unknown("queue", tag);
        }
    }
}
