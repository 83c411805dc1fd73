using System.Diagnostics;
using Multiproc.Objects;
using Multiproc.Objects.ReadWriteLocks;
using Multiproc.Objects.Semaphores;
using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc;

/// <summary>
/// A lock that many readers may hold at a time, or one writer alone, among all threads of all processes. Reading without a writer is a compare-and-swap in
/// mapped memory. Callers are served in order: a writer that waits keeps later readers out, and the readers between two writers are let in together. One reader
/// at a time may be an upgradeable one, which can become the writer without anybody writing in between.
/// </summary>
/// <remarks>
/// Holds belong to the process: any of its threads may release them. The lock is not recursive: a thread that reads must not acquire it again, since a writer
/// that waits would be between the two. When a process dies, its holds end; after a writer, <see cref="Abandoned"/> is set.
/// </remarks>
/// <example>
/// <code>
/// using var gate = Mp.ReadWriteLock();
/// using (gate.ReadLock())
/// {
///     Console.WriteLine("many read at a time");
/// }
///
/// using (gate.WriteLock())
/// {
///     Console.WriteLine("one writes, and nobody reads");
/// }
/// </code>
/// </example>
[DebuggerDisplay("{ToString(),nq}")]
public sealed partial class SharedReadWriteLock : SharedObject, ISelfCoded<SharedReadWriteLock>
{
    private readonly ClusterHolds _holds;
    private CellAccess<ReadWriteCell> _cell;
    private int _slot;

    internal SharedReadWriteLock(ObjectHandle handle)
        : base(handle)
    {
        _cell = new(handle);
        _holds = new(handle);
    }

    /// <summary>The number of holds of readers at this moment, without an upgradeable one.</summary>
    /// <exception cref="ObjectDisposedException">The lock was disposed.</exception>
    public int CurrentReadCount => _cell.Read().Readers;

    /// <summary>Whether there is a writer at this moment, upgraded or not.</summary>
    /// <exception cref="ObjectDisposedException">The lock was disposed.</exception>
    public bool IsWriteLockHeld => _cell.Read().IsWriteHeld;

    /// <summary>
    /// Whether a process died while it held the lock for writing, and <see cref="MarkConsistent"/> was not called since. The data that the lock protects may be
    /// half changed: check and repair it, then call <see cref="MarkConsistent"/>. Readers are told as well as writers.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The lock was disposed.</exception>
    public bool Abandoned => _cell.Read().IsAbandoned;

    /// <summary>
    /// A fencing token: a number that grows each time the lock is acquired for writing or upgradeable reading, and with each upgrade. Send it along with writes
    /// to other systems, so that they can reject a late writer that has lost the lock.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The lock was disposed.</exception>
    public long Fence => _cell.Read().Fence;

    /// <summary>
    /// The process and thread of the writer or upgradeable reader at this moment; null when there is neither. After an asynchronous acquire, the thread is the
    /// one that started the acquire. Use it for diagnostics, not for decisions: it may change at any time.
    /// </summary>
    /// <exception cref="ConnectionLostException">The process that hosts the lock has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed.</exception>
    public ObjectParty? Owner =>
        _cell.Read().ReadHolder(out int process, out int thread) == ReadWriteCell.Mode.None ? null : new ObjectParty(Handle.PidOf(process), thread);

    /// <summary>
    /// A token that fires when a hold of this process may be lost although the process lives: see <see cref="SharedLockBase.Lost"/>. Never fires for a lock
    /// outside of a cluster.
    /// </summary>
    /// <exception cref="InvalidOperationException">This process does not hold the lock.</exception>
    /// <exception cref="HoldLostException">This process had acquired the lock, and has lost it.</exception>
    /// <exception cref="ConnectionLostException">This process, or its node, is no longer in the cluster.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed.</exception>
    public CancellationToken Lost =>
        _holds.Watch(() => Ask(ReadWriteCommand.CountHolds.Instance, CancellationToken.None).Number > 0, Identity);

    private protected override string Kind => nameof(SharedReadWriteLock);

    private static int Thread => Environment.CurrentManagedThreadId;

    /// <summary>
    /// Returns the lock's identity and, if that is known without sending a message, how it is held: in the lock's node, and in processes that have used it.
    /// </summary>
    /// <returns>For example "SharedReadWriteLock (object 7 of this process), 2 readers".</returns>
    public override string ToString() =>
        Handle.IsDisposed ? $"{Identity}, disposed" : _cell.IsReached && !Handle.IsRelayed ? $"{Identity}, {State(_cell.Read())}" : Identity;

    /// <summary>Clears <see cref="Abandoned"/> after the protected data was repaired. Call it while holding the lock for writing.</summary>
    /// <exception cref="ConnectionLostException">The process that hosts the lock has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed.</exception>
    public void MarkConsistent() => Ask(ReadWriteCommand.MarkConsistent.Instance, CancellationToken.None);

    private protected override void Touch() => TryMap(out _);

    private protected override void Dispose(bool disposing)
    {
        _holds.End();
        base.Dispose(disposing);
    }

    private static string State(ReadWriteCell cell)
    {
        string readers = cell.Readers == 1 ? "1 reader" : $"{cell.Readers} readers";
        string held = cell.ReadHolder(out _, out _) switch
        {
            ReadWriteCell.Mode.None => cell.Readers == 0 ? "free" : readers,
            ReadWriteCell.Mode.Upgradeable => $"{readers} and an upgradeable one",
            _ => "held by a writer",
        };
        return cell.IsAbandoned ? $"{held}, abandoned by a writer that died" : held;
    }

    /// <summary>Returns the cell in place, if this process has a slot in it; false when every change is a command to the node.</summary>
    private bool TryUseSlot(out ReadWriteCell cell) => TryMap(out cell) && _slot >= 0;

    private bool TryMap(out ReadWriteCell cell)
    {
        if (!_cell.IsMapped && !Handle.IsFar)
        {
            Handle.ThrowIfDisposed();
            _slot = Handle.IsLocal ? SemaphoreCell.NodeSlot : (int)Ask(ReadWriteCommand.Join.Instance, default).Number;
        }

        return _cell.TryMap(out cell);
    }

    private bool Acquired(in Reply reply)
    {
        if (reply.Status != ReplyStatus.Ok)
        {
            return false;
        }

        _holds.Add();
        return true;
    }

    private void ReleaseByCommand(LockSide side)
    {
        int thread = Thread;
        var reply = _holds.Release(
            _ => new ReadWriteCommand.Release(side, thread), reply => reply.Status == ReplyStatus.Refused && !IsStillHeld(reply), Identity);
        Check(reply, CancellationToken.None);
    }

    /// <summary>Whether a refusal is of another reason than a loss: this process holds the lock in some way.</summary>
    private bool IsStillHeld(in Reply reply) =>
        reply.Status == ReplyStatus.Refused
        && Handle.Ask(ReadWriteCommand.CountHolds.Instance, CancellationToken.None) is { Status: ReplyStatus.Ok, Number: > 0 };

    static SharedReadWriteLock ISelfCoded<SharedReadWriteLock>.ReadFrom(ref WireReader reader) => new(ObjectHandle.ReadFrom(ref reader));
}
