using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Barriers;

/// <summary>The commands of a barrier. The tags are on the wire.</summary>
internal abstract record BarrierCommand : IWireCommand
{
    /// <summary>The number in a reply to <see cref="Wait"/> and <see cref="Acted"/> that means a broken barrier. All other numbers are indices.</summary>
    public const long Broken = -1;

    /// <summary>A party has come. The reply is its index; with an action, the last party gets its reply first and runs the action.</summary>
    public sealed record Wait(WaitTimeout Timeout) : BarrierCommand, ITimedCommand
    {
        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(1);
            writer.Timeout(Timeout);
        }
    }

    /// <summary>The party of this call has run the action.</summary>
    public sealed record Acted(long Call, bool Succeeded) : BarrierCommand
    {
        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(2);
            writer.VarUInt((ulong)Call);
            writer.Bool(Succeeded);
        }
    }

    public sealed record Reset : BarrierCommand
    {
        public static readonly Reset Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(3);
    }

    public sealed record Abort : BarrierCommand
    {
        public static readonly Abort Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(4);
    }

    /// <summary>Asks how many parties wait. Also wakes the node, which then reads all messages.</summary>
    public sealed record Look : BarrierCommand
    {
        public static readonly Look Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(5);
    }

    /// <summary>A party of another machine has come: like <see cref="Wait"/>, but its arrival is not yet counted in the cell.</summary>
    public sealed record Come(WaitTimeout Timeout) : BarrierCommand, ITimedCommand
    {
        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(6);
            writer.Timeout(Timeout);
        }
    }

    /// <summary>
    /// Whether the command must be carried out in any case: the arrival is already counted in the cell, or the action has already run, and the node must
    /// learn of it.
    /// </summary>
    public bool MustArrive => this is Wait or Acted;

    public abstract void WriteTo(WireWriter writer);

    public static BarrierCommand ReadFrom(ref WireReader reader)
    {
        byte tag = reader.Byte();
        switch (tag)
        {
            case 1:
                return new Wait(reader.Timeout());
            case 2:
                long call = unchecked((long)reader.VarUInt());
                return new Acted(call, reader.Bool());
            case 3:
                return Reset.Instance;
            case 4:
                return Abort.Instance;
            case 5:
                return Look.Instance;
            case 6:
                return new Come(reader.Timeout());
            default:
                throw CommandFields.Unknown("barrier", tag);
        }
    }
}
