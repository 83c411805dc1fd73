using Multiproc.Serialization;
using Multiproc.SharedMemory;

namespace Multiproc.States;

/// <summary>
/// Asks for a copy of an object's cell, for a process on another machine, which cannot map the cell. Every object with a cell accepts this command, in addition
/// to its own.
/// </summary>
internal sealed record CellSnapshot(MemoryBlock? Cell) : IWireCommand
{
    /// <summary>The tag of this command; no object has a command of its own with it.</summary>
    public const byte Tag = 255;

    public static readonly CellSnapshot Question = new(Cell: null);

    public bool IsIdempotent => true;

    public void WriteTo(WireWriter writer) => writer.Byte(Tag);

    public unsafe Reply Copy() =>
        Reply.Of(new Payload(new ReadOnlySpan<byte>(Cell!.Value.Address, (int)Cell.Value.Size).ToArray()));
}
