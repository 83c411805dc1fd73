using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Conditions;

/// <summary>What is asked of a condition when its cell is not enough. The tags are on the wire.</summary>
internal abstract record ConditionCommand : IWireCommand
{
    /// <summary>Waits with a ticket that was taken from the cell. Answered when it was notified.</summary>
    public sealed record Wait(long Ticket, WaitTimeout Timeout) : ConditionCommand, ITimedCommand
    {
        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(1);
            writer.VarUInt((ulong)Ticket);
            writer.Timeout(Timeout);
        }
    }

    /// <summary>There are new calls in the cell.</summary>
    public sealed record Look : ConditionCommand
    {
        public static readonly Look Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(2);
    }

    /// <summary>The waiter of this call was notified and has the lock: the notification is used up.</summary>
    public sealed record Taken(long Call) : ConditionCommand
    {
        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(3);
            writer.VarUInt((ulong)Call);
        }
    }

    /// <summary>One of another machine, which has the lock, is about to wait: answers its ticket.</summary>
    public sealed record TakeTicket : ConditionCommand
    {
        public static readonly TakeTicket Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(4);
    }

    /// <summary>One of another machine, which has the lock, notifies.</summary>
    public sealed record Notify(int Count) : ConditionCommand
    {
        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(5);
            writer.VarUInt((uint)Count);
        }
    }

    /// <summary>The ticket is taken: the node must learn that nobody waits with it.</summary>
    public bool MustArrive => this is Wait or TakeTicket;

    public abstract void WriteTo(WireWriter writer);

    public static ConditionCommand ReadFrom(ref WireReader reader)
    {
        byte tag = reader.Byte();
        switch (tag)
        {
            case 1:
                long ticket = unchecked((long)reader.VarUInt());
                return new Wait(ticket, reader.Timeout());
            case 2:
                return Look.Instance;
            case 3:
                return new Taken(unchecked((long)reader.VarUInt()));
            case 4:
                return TakeTicket.Instance;
            case 5:
                return new Notify(reader.Number());
            default:
                throw CommandFields.Unknown("condition", tag);
        }
    }
}
