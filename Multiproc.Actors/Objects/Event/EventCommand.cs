using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Events;

/// <summary>The commands of an event, for what its cell alone cannot do. The tags are on the wire.</summary>
internal abstract record EventCommand : IWireCommand
{
    public sealed record Wait(WaitTimeout Timeout) : EventCommand, ITimedCommand
    {
        public const byte Tag = 1;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.Timeout(Timeout);
        }
    }

    /// <summary>The event was set while there were waiters.</summary>
    public sealed record Call : EventCommand
    {
        public const byte Tag = 2;

        public static readonly Call Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(Tag);
    }

    /// <summary>A process on another machine sets the event.</summary>
    public sealed record Set : EventCommand
    {
        public const byte Tag = 3;

        public static readonly Set Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(Tag);
    }

    /// <summary>A process on another machine clears the event.</summary>
    public sealed record Clear : EventCommand
    {
        public const byte Tag = 4;

        public static readonly Clear Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(Tag);
    }

    public abstract void WriteTo(WireWriter writer);

    public static EventCommand ReadFrom(ref WireReader reader) => reader.Byte() switch
    {
        Wait.Tag => new Wait(reader.Timeout()),
        Call.Tag => Call.Instance,
        Set.Tag => Set.Instance,
        Clear.Tag => Clear.Instance,
        byte other => throw CommandFields.Unknown("event", other),
    };
}
