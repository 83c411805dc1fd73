using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Conditions;

/// <summary>The commands of a condition, for what its cell alone cannot do. The tags are on the wire.</summary>
internal abstract record ConditionCommand : IWireCommand
{
    /// <summary>Waits with a ticket that was taken from the cell. The reply comes when the waiter is notified.</summary>
    public sealed record Wait(long Ticket, WaitTimeout Timeout) : ConditionCommand, ITimedCommand
    {
        public const byte Tag = 1;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.VarUInt((ulong)Ticket);
            writer.Timeout(Timeout);
        }
    }

    /// <summary>There are new calls in the cell.</summary>
    public sealed record ReadCalls : ConditionCommand
    {
        public const byte Tag = 2;

        public static readonly ReadCalls Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(Tag);
    }

    /// <summary>The waiter of this call was notified and has the lock: the notification is used up.</summary>
    public sealed record Taken(long Call) : ConditionCommand
    {
        public const byte Tag = 3;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.VarUInt((ulong)Call);
        }
    }

    /// <summary>A lock holder on another machine is about to wait. The reply is its ticket.</summary>
    public sealed record TakeTicket : ConditionCommand
    {
        public const byte Tag = 4;

        public static readonly TakeTicket Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(Tag);
    }

    /// <summary>A lock holder on another machine notifies.</summary>
    public sealed record Notify(int Count) : ConditionCommand
    {
        public const byte Tag = 5;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.VarUInt((uint)Count);
        }
    }

    /// <summary>Whether the command must be carried out in any case: the ticket is already taken, and the node must learn that nobody waits with it.</summary>
    public bool MustArrive => this is Wait or TakeTicket;

    public abstract void WriteTo(WireWriter writer);

    public static ConditionCommand ReadFrom(ref WireReader reader) => reader.Byte() switch
    {
        Wait.Tag => new Wait((long)reader.VarUInt(), reader.Timeout()),
        ReadCalls.Tag => ReadCalls.Instance,
        Taken.Tag => new Taken((long)reader.VarUInt()),
        TakeTicket.Tag => TakeTicket.Instance,
        Notify.Tag => new Notify(reader.Number()),
        byte other => throw CommandFields.Unknown("condition", other),
    };
}
