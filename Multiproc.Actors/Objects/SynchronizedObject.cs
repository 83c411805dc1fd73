using Multiproc.Objects;
using Multiproc.Peers;
using Multiproc.Serialization;

namespace Multiproc;

/// <summary>Shared memory with the lock that belongs to it, if any: what <see cref="SharedValue{T}"/> and <see cref="SharedArray{T}"/> have in common.</summary>
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

    /// <summary>Whether a lock belongs to it.</summary>
    public bool HasLock => _lock is not null;

    /// <summary>The lock that belongs to it.</summary>
    /// <returns>The lock that was given, or the recursive one that was made; the same in every process.</returns>
    /// <exception cref="InvalidOperationException">It was made without one.</exception>
    public SharedLockBase GetLock() => _lock ?? throw new InvalidOperationException(
        $"{this} has no lock: it was made raw, or with @lock: false. SharedTypes.Synchronized gives it one.");

    /// <summary>Takes its lock until the result is disposed: <c>with value:</c> in Python.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>What releases it, on the same thread.</returns>
    /// <exception cref="InvalidOperationException">It was made without a lock.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    /// <exception cref="ConnectionLostException">The process that the lock lives in is gone.</exception>
    public LockHold Hold(CancellationToken cancellation = default) => GetLock().Hold(cancellation);

    /// <summary>Forgets where the memory is: it has ended.</summary>
    private protected abstract void Forget();

    /// <summary>For operations of more than one load or store. A lock that this thread holds already is not taken twice, also when it is not recursive.</summary>
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
