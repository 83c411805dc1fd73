using Multiproc.Objects.Queues;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.JoinableQueues;

/// <summary>The commands of a joinable queue, in addition to those of every queue. The tags are on the wire and differ from theirs: from 64 on.</summary>
internal abstract record JoinableQueueCommand : IWireCommand
{
    /// <summary>Takes the oldest item for a thread; 0 for an asynchronous caller. The item stays with the caller until it is done.</summary>
    public sealed record Claim(WaitTimeout Timeout, int Thread) : JoinableQueueCommand, ITimedCommand
    {
        public const byte Tag = 64;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.Timeout(Timeout);
            writer.VarUInt((uint)Thread);
        }
    }

    /// <summary>An item is done, by a thread; 0 when it is not known.</summary>
    public sealed record TaskDone(int Thread) : JoinableQueueCommand
    {
        public const byte Tag = 65;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.VarUInt((uint)Thread);
        }
    }

    /// <summary>Waits until every item is done.</summary>
    public sealed record Join(WaitTimeout Timeout) : JoinableQueueCommand, ITimedCommand
    {
        public const byte Tag = 66;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.Timeout(Timeout);
        }
    }

    public abstract void WriteTo(WireWriter writer);

    public static ICommand ReadFrom(ref WireReader reader) => reader.Byte() switch
    {
        Claim.Tag => new Claim(reader.Timeout(), reader.Number()),
        TaskDone.Tag => new TaskDone(reader.Number()),
        Join.Tag => new Join(reader.Timeout()),
        byte other => QueueCommand.ReadFrom(other, ref reader, "joinable queue"),
    };
}
