using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Countdowns;

/// <summary>The commands of a countdown, for what its cell alone cannot do. The tags are on the wire.</summary>
internal abstract record CountdownCommand : IWireCommand
{
    /// <summary>Counts down. The reply is 1 when the count is zero now.</summary>
    public sealed record Signal(int Count) : CountdownCommand
    {
        public const byte Tag = 1;

        public override void WriteTo(WireWriter writer) => Write(writer, Tag, Count);
    }

    /// <summary>Counts up. The reply is 0 when the count was zero, and stayed so.</summary>
    public sealed record Add(int Count) : CountdownCommand
    {
        public const byte Tag = 2;

        public override void WriteTo(WireWriter writer) => Write(writer, Tag, Count);
    }

    /// <summary>Sets the count and the initial count.</summary>
    public sealed record Reset(int Count) : CountdownCommand
    {
        public const byte Tag = 3;

        public override void WriteTo(WireWriter writer) => Write(writer, Tag, Count);
    }

    /// <summary>Sets the count to the initial count.</summary>
    public sealed record Restart : CountdownCommand
    {
        public const byte Tag = 4;

        public static readonly Restart Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(Tag);
    }

    /// <summary>Waits until the count is zero.</summary>
    public sealed record Wait(WaitTimeout Timeout) : CountdownCommand, ITimedCommand
    {
        public const byte Tag = 5;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.Timeout(Timeout);
        }
    }

    /// <summary>A signaller has brought the count to zero while there were waiters.</summary>
    public sealed record Reached : CountdownCommand
    {
        public const byte Tag = 6;

        public static readonly Reached Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(Tag);
    }

    public abstract void WriteTo(WireWriter writer);

    public static CountdownCommand ReadFrom(ref WireReader reader) => reader.Byte() switch
    {
        Signal.Tag => new Signal(Positive(ref reader)),
        Add.Tag => new Add(Positive(ref reader)),
        Reset.Tag => new Reset(reader.Number()),
        Restart.Tag => Restart.Instance,
        Wait.Tag => new Wait(reader.Timeout()),
        Reached.Tag => Reached.Instance,
        byte other => throw CommandFields.Unknown("countdown", other),
    };

    private static void Write(WireWriter writer, byte tag, int count)
    {
        writer.Byte(tag);
        writer.VarUInt((uint)count);
    }

    private static int Positive(ref WireReader reader) => reader.Number() is > 0 and var count
        ? count
        : throw new SerializationException("Malformed command: a countdown is counted by at least 1.");
}
