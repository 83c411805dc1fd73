using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.SharedMemory;

namespace Multiproc.States;

/// <summary>
/// Asks for a copy of an object's cell: what a process of another machine, which cannot map it, reads instead. Every object with a cell understands
/// it, beside its own commands.
/// </summary>
internal sealed record CellSnapshot(MemoryBlock? Cell) : IWireCommand
{
    /// <summary>No command of an object has this tag.</summary>
    public const byte Tag = 255;

    public static readonly CellSnapshot Question = new(Cell: null);

    public bool IsIdempotent => true;

    public void WriteTo(WireWriter writer) => writer.Byte(Tag);

    public unsafe Reply Copy() =>
        Reply.Of(new Payload(new ReadOnlySpan<byte>(Cell!.Value.Address, (int)Cell.Value.Size).ToArray()));
}
