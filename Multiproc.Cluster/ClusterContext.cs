using Multiproc.Cluster.Nodes;
using Multiproc.Cluster.Operating;
using Multiproc.Cluster.Sessions;
using Multiproc.Objects.Dictionaries;
using Multiproc.Objects.Events;
using Multiproc.Objects.JoinableQueues;
using Multiproc.Objects.Lists;
using Multiproc.Objects.Locks;
using Multiproc.Objects.Queues;
using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc;

/// <summary>
/// This process as a node of a cluster, and the objects of the cluster by name: the same object for every process of every node. Facades are those of objects
/// of one machine, and can be passed to children. Made by <c>Mp.Cluster</c>.
/// </summary>
/// <remarks>
/// An object is created when it is first opened, and lives as long as its journal. Disposing a facade, or the context, does not end it. What was acknowledged
/// survives the death of any node, and of all; each call is done once. docs/cluster.md has the guarantees and their reasons.
/// </remarks>
/// <example>
/// <code>
/// using var cluster = Mp.Cluster(new ClusterOptions { AuthKey = key, Storage = ClusterStorage.Sqlite("cluster.db") });
/// var jobs = cluster.Queue&lt;string&gt;("jobs");
/// jobs.Put("hello");
/// </code>
/// </example>
public sealed class ClusterContext : IDisposable, IAsyncDisposable
{
    private readonly ClusterNode _node;
    private readonly ClusterOptions _options;
    private int _disposed;

    private ClusterContext(ClusterNode node, ClusterOptions options) => (_node, _options) = (node, options);

    /// <summary>Where the other nodes reach this one, as "host:port".</summary>
    public string Address => _node.Address;

    /// <summary>The nodes of the cluster, as this one knows them.</summary>
    public IReadOnlyList<ClusterMember> Members => _node.Members;

    /// <summary>
    /// Looks at all objects that are in use in the cluster: where each lives, who holds it, and who waits for it. Asks every node, for at most 6 s.
    /// </summary>
    /// <returns>The objects, and the nodes that did not answer.</returns>
    /// <exception cref="ObjectDisposedException">The cluster was left.</exception>
    public ClusterReport Inspect() => InspectAsync().AsTask().GetAwaiter().GetResult();

    /// <inheritdoc cref="Inspect"/>
    public async ValueTask<ClusterReport> InspectAsync()
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        return await _node.Inspector.InspectAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// Finds deadlocks by locks of the cluster, over all nodes: cycles of threads of which each waits for a lock that the next one holds. Locks of one machine
    /// are not among them: see <see cref="Mp.FindDeadlocks"/>. Asks every node, several times.
    /// </summary>
    /// <returns>The deadlocks; usually none.</returns>
    /// <exception cref="ObjectDisposedException">The cluster was left.</exception>
    public IReadOnlyList<ClusterDeadlock> FindDeadlocks() => FindDeadlocksAsync().AsTask().GetAwaiter().GetResult();

    /// <inheritdoc cref="FindDeadlocks"/>
    public async ValueTask<IReadOnlyList<ClusterDeadlock>> FindDeadlocksAsync()
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        return await new DeadlockSearch(_node.Inspector).FindAsync().ConfigureAwait(false);
    }

    /// <summary>How well this node is: for health checks and probes. Looks at what is known, and asks nobody.</summary>
    public ClusterHealth Health => _node.Health;

    internal ClusterNode Node => _node;

    internal bool HasLeft => _disposed != 0;

    /// <summary>Joins a cluster, or begins one.</summary>
    /// <param name="options">How to join.</param>
    /// <param name="cancellation">Cancels joining.</param>
    /// <returns>The cluster, as a member of which this process now is.</returns>
    /// <exception cref="ArgumentException">An option is missing or out of range.</exception>
    /// <exception cref="AuthenticationException">A seed has another <see cref="ClusterOptions.AuthKey"/>.</exception>
    /// <exception cref="MultiprocTimeoutException">No seed let this node in within <see cref="ClusterOptions.Timeout"/>.</exception>
    /// <exception cref="MultiprocException">
    /// The port or the storage cannot be used; a seed has another version or journal; the journal is in use by another cluster.
    /// </exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    public static async Task<ClusterContext> JoinAsync(ClusterOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return new ClusterContext(await ClusterNode.StartAsync(options, cancellation).ConfigureAwait(false), options);
    }

    /// <summary>Opens a first-in, first-out queue. A put waits until the item is in the journal.</summary>
    /// <typeparam name="T">The type of the items; any type that can be sent to another process.</typeparam>
    /// <param name="name">The name in the cluster, of 1 to 1,024 characters.</param>
    /// <param name="maxSize">The capacity; 0 (the default) is unbounded.</param>
    /// <returns>The queue.</returns>
    /// <exception cref="InvalidOperationException">The name is that of another type of object, or of a queue with other options.</exception>
    /// <exception cref="MultiprocTimeoutException">The cluster did not open it within <see cref="ClusterOptions.Timeout"/>.</exception>
    /// <exception cref="ConnectionLostException">This node is no longer in the cluster.</exception>
    public SharedQueue<T> Queue<T>(string name, int maxSize = 0) =>
        new(Open(name, QueueType.Instance, new SharedQueueOptions { MaxSize = maxSize }.Pack()), maxSize);

    /// <summary>Opens a queue whose items are to be done, and waited for: see <see cref="SharedJoinableQueue{T}.Join"/>.</summary>
    /// <typeparam name="T">The type of the items; any type that can be sent to another process.</typeparam>
    /// <param name="name">The name in the cluster, of 1 to 1,024 characters.</param>
    /// <param name="maxSize">The capacity; 0 (the default) is unbounded.</param>
    /// <returns>The queue.</returns>
    /// <exception cref="InvalidOperationException">The name is that of another type of object, or of a queue with other options.</exception>
    /// <exception cref="MultiprocTimeoutException">The cluster did not open it within <see cref="ClusterOptions.Timeout"/>.</exception>
    /// <exception cref="ConnectionLostException">This node is no longer in the cluster.</exception>
    public SharedJoinableQueue<T> JoinableQueue<T>(string name, int maxSize = 0) =>
        new(Open(name, JoinableQueueType.Instance, new SharedQueueOptions { MaxSize = maxSize }.Pack()), maxSize);

    /// <summary>
    /// Opens a lock. When its holder's process or node dies, the next one gets it, with <see cref="SharedLockBase.Abandoned"/> and a higher fence.
    /// </summary>
    /// <param name="name">The name in the cluster, of 1 to 1,024 characters.</param>
    /// <returns>The lock.</returns>
    /// <exception cref="InvalidOperationException">The name is that of another type of object.</exception>
    /// <exception cref="MultiprocTimeoutException">The cluster did not open it within <see cref="ClusterOptions.Timeout"/>.</exception>
    /// <exception cref="ConnectionLostException">This node is no longer in the cluster.</exception>
    public SharedLock Lock(string name) => new(Open(name, LockType.Instance));

    /// <summary>Opens a recursive lock. <see cref="Lock"/> and this method open the same object by the same name: use one of them.</summary>
    /// <param name="name">The name in the cluster, of 1 to 1,024 characters.</param>
    /// <returns>The lock.</returns>
    /// <exception cref="InvalidOperationException">The name is that of another type of object.</exception>
    /// <exception cref="MultiprocTimeoutException">The cluster did not open it within <see cref="ClusterOptions.Timeout"/>.</exception>
    /// <exception cref="ConnectionLostException">This node is no longer in the cluster.</exception>
    public SharedRLock RLock(string name) => new(Open(name, LockType.Instance));

    /// <summary>Opens an event: a flag that processes set, clear and wait for.</summary>
    /// <param name="name">The name in the cluster, of 1 to 1,024 characters.</param>
    /// <returns>The event.</returns>
    /// <exception cref="InvalidOperationException">The name is that of another type of object.</exception>
    /// <exception cref="MultiprocTimeoutException">The cluster did not open it within <see cref="ClusterOptions.Timeout"/>.</exception>
    /// <exception cref="ConnectionLostException">This node is no longer in the cluster.</exception>
    public SharedEvent Event(string name) => new(Open(name, EventType.Instance));

    /// <summary>
    /// Opens a dictionary. Each operation is one atomic step; functions of updates run in the caller's process, and are repeated when others were quicker.
    /// </summary>
    /// <typeparam name="TKey">The type of the keys; keys are equal if their serialized forms are.</typeparam>
    /// <typeparam name="TValue">The type of the values.</typeparam>
    /// <param name="name">The name in the cluster, of 1 to 1,024 characters.</param>
    /// <returns>The dictionary.</returns>
    /// <exception cref="InvalidOperationException">The name is that of another type of object.</exception>
    /// <exception cref="MultiprocTimeoutException">The cluster did not open it within <see cref="ClusterOptions.Timeout"/>.</exception>
    /// <exception cref="ConnectionLostException">This node is no longer in the cluster.</exception>
    public DictionaryProxy<TKey, TValue> Dictionary<TKey, TValue>(string name)
        where TKey : notnull =>
        new(Open(name, DictionaryType.Instance, default(TKey) is null ? DictionaryState.KeysCanBeNull : default));

    /// <summary>Opens a list. Each operation is one atomic step.</summary>
    /// <typeparam name="T">The type of the items; any type that can be sent to another process.</typeparam>
    /// <param name="name">The name in the cluster, of 1 to 1,024 characters.</param>
    /// <returns>The list.</returns>
    /// <exception cref="InvalidOperationException">The name is that of another type of object.</exception>
    /// <exception cref="MultiprocTimeoutException">The cluster did not open it within <see cref="ClusterOptions.Timeout"/>.</exception>
    /// <exception cref="ConnectionLostException">This node is no longer in the cluster.</exception>
    public ListProxy<T> List<T>(string name) => new(Open(name, ListTypes.List));

    /// <summary>Leaves the cluster: objects that live in this node move to others first. What this node's processes held is given back.</summary>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>Leaves the cluster: objects that live in this node move to others first. What this node's processes held is given back.</summary>
    /// <returns>A task that completes when this node has left.</returns>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            await _node.LeaveAsync(_options.Timeout).ConfigureAwait(false);
        }
    }

    private ObjectHandle Open(string name, ObjectType type, Payload options = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(name.Length, ObjectSpec.LongestName, nameof(name));
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        return _node.Gateway.Open(new ObjectSpec(name, type.Tag, options), type, _options.Timeout, CancellationToken.None);
    }
}
