using Multiproc.Objects.Elections;

namespace Multiproc;

/// <content>Locks beyond those of Python, and their kin, by name.</content>
public sealed partial class ClusterContext
{
    /// <summary>
    /// Opens a lock for readers and writers. When the process or node of a holder dies, its holds end; after a writer, the lock is
    /// <see cref="SharedReadWriteLock.Abandoned"/>. Reading is a message and a record of the journal, as every operation.
    /// </summary>
    /// <param name="name">The name in the cluster, of 1 to 1,024 characters.</param>
    /// <param name="options">How the object is kept; null (the default) is in the journal, for good.</param>
    /// <returns>The lock.</returns>
    /// <exception cref="ArgumentException">The name is empty, too long, or no text; or an option is out of its range.</exception>
    /// <exception cref="NameConflictException">The name is that of another kind of object.</exception>
    /// <exception cref="MultiprocTimeoutException">The cluster did not open it within <see cref="ClusterOptions.Timeout"/>.</exception>
    /// <exception cref="ConnectionLostException">This node is no longer in the cluster.</exception>
    public SharedReadWriteLock ReadWriteLock(string name, ClusterObjectOptions? options = null) =>
        Of(name, "ReadWriteLock", options).ReadWriteLock();

    /// <summary>Opens a countdown.</summary>
    /// <param name="name">The name in the cluster, of 1 to 1,024 characters.</param>
    /// <param name="initialCount">The number of signals if it is new; otherwise it stays what it is. Not negative.</param>
    /// <param name="options">How the object is kept; null (the default) is in the journal, for good.</param>
    /// <returns>The countdown.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative.</exception>
    /// <exception cref="ArgumentException">The name is empty, too long, or no text; or an option is out of its range.</exception>
    /// <exception cref="NameConflictException">The name is that of another kind of object.</exception>
    /// <exception cref="MultiprocTimeoutException">The cluster did not open it within <see cref="ClusterOptions.Timeout"/>.</exception>
    /// <exception cref="ConnectionLostException">This node is no longer in the cluster.</exception>
    public SharedCountdown Countdown(string name, int initialCount, ClusterObjectOptions? options = null) =>
        Of(name, "Countdown", options).Countdown(initialCount);

    /// <summary>
    /// Takes part in the election of a leader in the cluster: one candidate of the name leads at a time. It is who holds the lock "elections/name" of the
    /// cluster, so <see cref="Leadership.Lost"/> fires before anybody else is elected, however this node was cut off.
    /// </summary>
    /// <param name="name">The name of the election in the cluster, of 1 to 1,000 characters.</param>
    /// <returns>The candidate, which may lead at once or later: see <see cref="Leadership.Wait"/>. Disposing it resigns.</returns>
    /// <exception cref="ArgumentException">The name is empty, too long, or no text.</exception>
    /// <exception cref="NameConflictException">Another kind of object has the name of the lock.</exception>
    /// <exception cref="MultiprocTimeoutException">The cluster did not open the lock within <see cref="ClusterOptions.Timeout"/>.</exception>
    /// <exception cref="ConnectionLostException">This node is no longer in the cluster.</exception>
    public Leadership Elect(string name) =>
        Leadership.Of(ElectionName.Checked(name), new LockSeat(Lock($"elections/{name}"), $"Election '{name}' in the cluster", ownsGate: true));
}
