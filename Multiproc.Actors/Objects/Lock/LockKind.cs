using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Locks;

/// <summary>How a home makes a lock.</summary>
internal static class LockKind
{
    public static readonly unsafe ObjectKind Instance = ObjectKind.Define(new ObjectKind(
        2, "lock", static (ref WireReader reader) => LockCommand.ReadFrom(ref reader), LockCell.Bytes, static (_, cell) => new LockState(new LockCell(cell!.Value.Address))));
}
