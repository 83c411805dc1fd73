using Multiproc.Objects;
using Multiproc.Objects.ReadWriteLocks;
using Multiproc.States;

namespace Multiproc;

/// <content>Reading that may become writing.</content>
public sealed partial class SharedReadWriteLock
{
    private Action? _releaseUpgradeable;

    /// <summary>
    /// Acquires the lock for reading with the right to upgrade it, waiting up to <paramref name="timeout"/> while there is a writer, or another upgradeable
    /// reader. Others may read meanwhile.
    /// </summary>
    /// <param name="timeout">How long to wait; null (the default) waits forever, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>True when the lock was acquired; false when it could not be within <paramref name="timeout"/>.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the lock has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed, in this process or in its node.</exception>
    public bool AcquireUpgradeableRead(TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        AcquireAlone(LockSide.UpgradeableRead, timeout, cancellation);

    /// <summary>Acquires the lock for upgradeable reading, asynchronously waiting up to <paramref name="timeout"/>. Any thread may release it.</summary>
    /// <param name="timeout">How long to wait; null (the default) waits forever, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>True when the lock was acquired; false when it could not be within <paramref name="timeout"/>.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the lock has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed, in this process or in its node.</exception>
    public ValueTask<bool> AcquireUpgradeableReadAsync(TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        AcquireAloneAsync(LockSide.UpgradeableRead, Thread, timeout, cancellation);

    /// <summary>Acquires the lock for upgradeable reading, if there is neither a writer nor another upgradeable reader; never waits.</summary>
    /// <returns>True when the lock was acquired.</returns>
    /// <exception cref="ConnectionLostException">The process that hosts the lock has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed.</exception>
    public bool TryAcquireUpgradeableRead() => AcquireUpgradeableRead(TimeSpan.Zero);

    /// <summary>
    /// Makes the upgradeable reader, which this process is, the writer: waits up to <paramref name="timeout"/> until the other readers have left. No new ones
    /// are let in meanwhile, and nobody writes in between. When it returns false or throws, this process still reads.
    /// </summary>
    /// <param name="timeout">How long to wait; null (the default) waits forever, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>True when this process is the writer; false when there were other readers for all of <paramref name="timeout"/>.</returns>
    /// <exception cref="InvalidOperationException">This process is not the upgradeable reader, or is upgrading, or has upgraded already.</exception>
    /// <exception cref="HoldLostException">The lock is one of a cluster, and was lost before: see <see cref="Lost"/>.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the lock has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed, in this process or in its node.</exception>
    public bool Upgrade(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        WaitTimeout limit = timeout;
        return (_cell.IsReached || TryReach(ref limit, cancellation))
            && Upgraded(Handle.Ask(new ReadWriteCommand.Upgrade(Thread, limit), cancellation), cancellation);
    }

    /// <summary>Asynchronously makes the upgradeable reader, which this process is, the writer: see <see cref="Upgrade"/>.</summary>
    /// <param name="timeout">How long to wait; null (the default) waits forever, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>True when this process is the writer; false when there were other readers for all of <paramref name="timeout"/>.</returns>
    /// <exception cref="InvalidOperationException">This process is not the upgradeable reader, or is upgrading, or has upgraded already.</exception>
    /// <exception cref="HoldLostException">The lock is one of a cluster, and was lost before: see <see cref="Lost"/>.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the lock has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed, in this process or in its node.</exception>
    public async ValueTask<bool> UpgradeAsync(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        int thread = Thread;
        var (reached, limit) = await ReachAsync(timeout, cancellation).ConfigureAwait(false);
        return reached && Upgraded(await Handle.AskAsync(new ReadWriteCommand.Upgrade(thread, limit), cancellation).ConfigureAwait(false), cancellation);
    }

    /// <summary>Makes the writer that was upgraded, which this process is, the upgradeable reader again: others may read.</summary>
    /// <exception cref="InvalidOperationException">This process has not upgraded the lock.</exception>
    /// <exception cref="HoldLostException">The lock is one of a cluster, and was lost before: see <see cref="Lost"/>.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the lock has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed, in this process or in its node.</exception>
    public void Downgrade() => Upgraded(Handle.Ask(ReadWriteCommand.Downgrade.Instance, CancellationToken.None), CancellationToken.None);

    /// <summary>Ends the hold of this process's upgradeable reader, upgraded or not.</summary>
    /// <exception cref="InvalidOperationException">This process does not hold the lock so, or another of its threads is upgrading it.</exception>
    /// <exception cref="HoldLostException">The lock is one of a cluster, and was lost before: see <see cref="Lost"/>.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the lock has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed, in this process or in its node.</exception>
    public void ReleaseUpgradeableRead() => ReleaseByCommand(LockSide.UpgradeableRead);

    /// <summary>Acquires the lock for upgradeable reading, and releases it, upgraded or not, when the result is disposed.</summary>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>The hold; dispose it to release the lock. Any thread of this process may.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the lock has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed, in this process or in its node.</exception>
    public LockHold UpgradeableReadLock(CancellationToken cancellation = default)
    {
        AcquireUpgradeableRead(null, cancellation);
        return HeldUpgradeable();
    }

    /// <summary>Asynchronously acquires the lock for upgradeable reading, and releases it, upgraded or not, when the result is disposed.</summary>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>The hold; dispose it to release the lock. Any thread of this process may.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the lock has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed, in this process or in its node.</exception>
    public async ValueTask<LockHold> UpgradeableReadLockAsync(CancellationToken cancellation = default)
    {
        await AcquireUpgradeableReadAsync(null, cancellation).ConfigureAwait(false);
        return HeldUpgradeable();
    }

    private LockHold HeldUpgradeable() => new(_releaseUpgradeable ??= ReleaseUpgradeableRead, Volatile.Read(ref _fence));

    /// <summary>A use of what is held: if it is not, though this process acquired it, it was lost.</summary>
    private bool Upgraded(in Reply reply, CancellationToken cancellation)
    {
        if (_holds.IsAny && (ClusterHolds.IsLost(reply) || (reply.Status == ReplyStatus.Refused && !IsStillHeld(reply))))
        {
            throw ClusterHolds.Lost(Identity, reply.Reason);
        }

        if (Check(reply, cancellation).Status != ReplyStatus.Ok)
        {
            return false;
        }

        Volatile.Write(ref _fence, reply.Number);
        return true;
    }
}
