using Multiproc.Objects.Inspection;
using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Locks;

/// <summary>The object type of locks: how a node creates and reads them.</summary>
internal static class LockType
{
    public static readonly unsafe ObjectType Instance = ObjectType.Define(new ObjectType(
        2, "lock", static (ref WireReader reader) => LockCommand.ReadFrom(ref reader), LockCell.Bytes,
        static (_, cell) => new LockState(new LockCell(cell!.Value.Address))));

    static LockType() => LockWaits.OfNode = Deadlocks.WaitsOf;
}
