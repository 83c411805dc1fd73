using Multiproc.Objects;
using Multiproc.Peers;
using Multiproc.Serialization;

namespace Multiproc;

/// <summary>
/// Base of <see cref="SharedValue{T}"/> and <see cref="SharedArray{T}"/>: shared memory together with the lock that guards it, if there is one.
/// </summary>
public abstract class SynchronizedObject : SharedObject
{
    private readonly SharedLockBase? _lock;
    private readonly bool _ownsLock;

    private protected SynchronizedObject(ObjectHandle handle, ValueLock gate)
        : base(handle)
    {
        _lock = gate.Lock;
        _ownsLock = gate.IsOwned;
        handle.Ended += Forget;
    }

    /// <summary>Whether the object has a lock.</summary>
    public bool HasLock => _lock is not null;

    /// <summary>Returns the lock that guards the object.</summary>
    /// <returns>The lock that was passed at creation, or else the recursive lock that was created then; the same lock in every process.</returns>
    /// <exception cref="InvalidOperationException">The object was created without a lock.</exception>
    public SharedLockBase GetLock() => _lock ?? throw new InvalidOperationException(
        $"{this} has no lock: it was created raw, or with @lock: false. SharedTypes.Synchronized adds one.");

    /// <summary>Acquires the object's lock and releases it when the result is disposed: Python's <c>with value:</c>.</summary>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>The hold; dispose it on the same thread.</returns>
    /// <exception cref="InvalidOperationException">The object was created without a lock.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the lock has ended, or the connection to it was lost.</exception>
    public LockHold Hold(CancellationToken cancellation = default) => GetLock().Hold(cancellation);

    /// <summary>Drops the address of the memory, because the object has ended.</summary>
    private protected abstract void Forget();

    /// <summary>
    /// Holds the lock, if there is one, for an operation of more than one load or store. A lock that this thread already holds is not acquired again, even if
    /// it is not recursive.
    /// </summary>
    private protected LockHold HoldIfAny() => _lock is null || _lock.IsHeldByThisThread ? default : _lock.Hold();

    private protected override void WriteTo(WireWriter writer)
    {
        base.WriteTo(writer);
        new ValueLock(_lock, IsOwned: false).WriteTo(writer);
    }

    private protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Forget();
        if (_ownsLock)
        {
            _lock!.Dispose();
        }
    }
}
