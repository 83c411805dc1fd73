using Multiproc.Objects.Queues;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.JoinableQueues;

/// <summary>The commands of a joinable queue, in addition to those of every queue. The tags are on the wire and differ from theirs.</summary>
internal abstract record JoinableQueueCommand : IWireCommand
{
    private const byte FirstTag = 64;

    /// <summary>Takes the oldest item for a thread; 0 for an asynchronous caller. The item stays with the caller until it is done.</summary>
    public sealed record Claim(WaitTimeout Timeout, int Thread) : JoinableQueueCommand, ITimedCommand
    {
        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(FirstTag);
            writer.Timeout(Timeout);
            writer.VarUInt((uint)Thread);
        }
    }

    /// <summary>An item is done, by a thread; 0 when it is not known.</summary>
    public sealed record TaskDone(int Thread) : JoinableQueueCommand
    {
        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(FirstTag + 1);
            writer.VarUInt((uint)Thread);
        }
    }

    /// <summary>Waits until every item is done.</summary>
    public sealed record Join(WaitTimeout Timeout) : JoinableQueueCommand, ITimedCommand
    {
        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(FirstTag + 2);
            writer.Timeout(Timeout);
        }
    }

    public abstract void WriteTo(WireWriter writer);

    public static ICommand ReadFrom(ref WireReader reader)
    {
        byte tag = reader.Byte();
        switch (tag)
        {
            case FirstTag:
                var timeout = reader.Timeout();
                return new Claim(timeout, reader.Number());
            case FirstTag + 1:
                return new TaskDone(reader.Number());
            case FirstTag + 2:
                return new Join(reader.Timeout());
            default:
                return QueueCommand.ReadFrom(tag, ref reader, "joinable queue");
        }
    }
}
