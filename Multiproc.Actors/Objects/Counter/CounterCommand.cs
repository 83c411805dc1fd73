using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Counters;

/// <summary>The commands of a counter, for callers that cannot map its cell. The tags are on the wire.</summary>
internal abstract record CounterCommand : IWireCommand
{
    /// <summary>Read-only commands may be retried.</summary>
    public bool IsIdempotent => this is Read;

    public sealed record Add(long Amount) : CounterCommand
    {
        public const byte Tag = 1;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.VarInt(Amount);
        }
    }

    /// <summary>The reply is the sum.</summary>
    public sealed record Read : CounterCommand
    {
        public const byte Tag = 2;

        public static readonly Read Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(Tag);
    }

    /// <summary>Sets the counter to zero. The reply is the sum that it had.</summary>
    public sealed record Reset : CounterCommand
    {
        public const byte Tag = 3;

        public static readonly Reset Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(Tag);
    }

    public abstract void WriteTo(WireWriter writer);

    public static CounterCommand ReadFrom(ref WireReader reader) => reader.Byte() switch
    {
        Add.Tag => new Add(reader.VarInt()),
        Read.Tag => Read.Instance,
        Reset.Tag => Reset.Instance,
        byte other => throw CommandFields.Unknown("counter", other),
    };
}
