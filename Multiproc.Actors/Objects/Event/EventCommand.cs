using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Events;

/// <summary>The commands of an event, for what its cell alone cannot do. The tags are on the wire.</summary>
internal abstract record EventCommand : IWireCommand
{
    public sealed record Wait(WaitTimeout Timeout) : EventCommand, ITimedCommand
    {
        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(1);
            writer.Timeout(Timeout);
        }
    }

    /// <summary>The event was set while there were waiters.</summary>
    public sealed record Call : EventCommand
    {
        public static readonly Call Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(2);
    }

    /// <summary>A process on another machine sets the event.</summary>
    public sealed record Set : EventCommand
    {
        public static readonly Set Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(3);
    }

    /// <summary>A process on another machine clears the event.</summary>
    public sealed record Clear : EventCommand
    {
        public static readonly Clear Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(4);
    }

    public abstract void WriteTo(WireWriter writer);

    public static EventCommand ReadFrom(ref WireReader reader)
    {
        byte tag = reader.Byte();
        return tag switch
        {
            1 => new Wait(reader.Timeout()),
            2 => Call.Instance,
            3 => Set.Instance,
            4 => Clear.Instance,
            _ => throw CommandFields.Unknown("event", tag),
        };
    }
}
