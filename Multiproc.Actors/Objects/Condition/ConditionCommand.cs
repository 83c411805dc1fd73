using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Conditions;

/// <summary>The commands of a condition, for what its cell alone cannot do. The tags are on the wire.</summary>
internal abstract record ConditionCommand : IWireCommand
{
    /// <summary>Waits with a ticket that was taken from the cell. The reply comes when the waiter is notified.</summary>
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

    /// <summary>A lock holder on another machine is about to wait. The reply is its ticket.</summary>
    public sealed record TakeTicket : ConditionCommand
    {
        public static readonly TakeTicket Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(4);
    }

    /// <summary>A lock holder on another machine notifies.</summary>
    public sealed record Notify(int Count) : ConditionCommand
    {
        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(5);
            writer.VarUInt((uint)Count);
        }
    }

    /// <summary>Whether the command must be carried out in any case: the ticket is already taken, and the node must learn that nobody waits with it.</summary>
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
