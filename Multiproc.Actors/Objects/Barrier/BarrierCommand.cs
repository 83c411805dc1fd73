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
        public const byte Tag = 1;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.Timeout(Timeout);
        }
    }

    /// <summary>The party of this call has run the action.</summary>
    public sealed record Acted(long Call, bool Succeeded) : BarrierCommand
    {
        public const byte Tag = 2;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.VarUInt((ulong)Call);
            writer.Bool(Succeeded);
        }
    }

    public sealed record Reset : BarrierCommand
    {
        public const byte Tag = 3;

        public static readonly Reset Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(Tag);
    }

    public sealed record Abort : BarrierCommand
    {
        public const byte Tag = 4;

        public static readonly Abort Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(Tag);
    }

    /// <summary>Asks how many parties wait. Also wakes the node, which then reads all messages.</summary>
    public sealed record CountWaiting : BarrierCommand
    {
        public const byte Tag = 5;

        public static readonly CountWaiting Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(Tag);
    }

    /// <summary>A party of another machine has come: like <see cref="Wait"/>, but its arrival is not yet counted in the cell.</summary>
    public sealed record Come(WaitTimeout Timeout) : BarrierCommand, ITimedCommand
    {
        public const byte Tag = 6;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.Timeout(Timeout);
        }
    }

    /// <summary>
    /// Whether the command must be carried out in any case: the arrival is already counted in the cell, or the action has already run, and the node must
    /// learn of it.
    /// </summary>
    public bool MustArrive => this is Wait or Acted;

    public abstract void WriteTo(WireWriter writer);

    public static BarrierCommand ReadFrom(ref WireReader reader) => reader.Byte() switch
    {
        Wait.Tag => new Wait(reader.Timeout()),
        Acted.Tag => new Acted((long)reader.VarUInt(), reader.Bool()),
        Reset.Tag => Reset.Instance,
        Abort.Tag => Abort.Instance,
        CountWaiting.Tag => CountWaiting.Instance,
        Come.Tag => new Come(reader.Timeout()),
        byte other => throw CommandFields.Unknown("barrier", other),
    };
}
