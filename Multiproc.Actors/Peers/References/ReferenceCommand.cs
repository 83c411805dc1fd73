using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Peers.References;

/// <summary>A message to the keeper of a node about the objects that a process can reach. Part of the manager's commands on the wire.</summary>
internal abstract record ReferenceCommand(long Id) : IWireCommand
{
    /// <summary>The number of the keeper: the object of a node that decides which objects live.</summary>
    public const long Keeper = 1;

    /// <summary>The process has facades of the object.</summary>
    public sealed record Hold(long Id) : ReferenceCommand(Id)
    {
        public const byte Tag = 3;

        public override void WriteTo(WireWriter writer) => Write(writer, Tag);
    }

    /// <summary>The process has no facade of the object any more.</summary>
    public sealed record Release(long Id) : ReferenceCommand(Id)
    {
        public const byte Tag = 4;

        public override void WriteTo(WireWriter writer) => Write(writer, Tag);
    }

    public abstract void WriteTo(WireWriter writer);

    private void Write(WireWriter writer, byte tag)
    {
        writer.Byte(tag);
        writer.VarUInt((ulong)Id);
    }
}
