using Multiproc.Objects.Inspection;
using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.ReadWriteLocks;

/// <summary>The object type of locks for readers and writers: how a node creates and reads them.</summary>
internal static class ReadWriteLockType
{
    public static readonly unsafe ObjectType Instance = ObjectType.Define(new ObjectType(
        8, "read-write lock", static (ref WireReader reader) => ReadWriteCommand.ReadFrom(ref reader), ReadWriteCell.Bytes,
        static (_, cell) => new ReadWriteState(new ReadWriteCell(cell!.Value.Address))));

    static ReadWriteLockType() => LockWaits.OfNode = Deadlocks.WaitsOf;
}
