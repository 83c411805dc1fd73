namespace Multiproc.Torture.Oracles;

/// <summary>A hold that no other may have beside it, of a lock or of the writing side of a read-write lock.</summary>
/// <param name="Lock">The lock, for complaints.</param>
/// <param name="IsAbandoned">Whether a former holder died.</param>
/// <param name="Fence">The number of this hold.</param>
/// <param name="MarkConsistent">Says that what the lock guards is in order again.</param>
internal readonly record struct SoleHold(object Lock, bool IsAbandoned, long Fence, Action MarkConsistent)
{
    public static SoleHold Of(SharedLockBase gate) => new(gate, gate.Abandoned, gate.Fence, gate.MarkConsistent);

    public static SoleHold Of(SharedReadWriteLock gate) => new(gate, gate.Abandoned, gate.Fence, gate.MarkConsistent);
}
