using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Peers.References;

/// <summary>A message to the keeper of a node about the objects that a process can reach. Part of the manager's commands on the wire.</summary>
internal abstract record ReferenceCommand(byte Tag, long Id) : IWireCommand
{
    public const byte HoldTag = 3;
    public const byte ReleaseTag = 4;

    /// <summary>The number of the keeper: the object of a node that decides which objects live.</summary>
    public const long Keeper = 1;

    /// <summary>The process has facades of the object.</summary>
    public sealed record Hold(long Id) : ReferenceCommand(HoldTag, Id);

    /// <summary>The process has no facade of the object any more.</summary>
    public sealed record Release(long Id) : ReferenceCommand(ReleaseTag, Id);

    public void WriteTo(WireWriter writer)
    {
        writer.Byte(Tag);
        writer.VarUInt((ulong)Id);
    }
}
