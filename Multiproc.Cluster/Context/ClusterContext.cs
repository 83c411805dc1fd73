using Multiproc.Cluster.Nodes;
using Multiproc.Cluster.Operating;
using Multiproc.Cluster.Sessions;
using Multiproc.Managers;
using Multiproc.Peers;
using Multiproc.States;

namespace Multiproc;

/// <summary>
/// This process as a node of a cluster, and the objects of the cluster by name: the same object for every process of every node. Facades are those of objects
/// of one machine, and can be passed to children. Made by <c>Mp.Cluster</c>.
/// </summary>
/// <remarks>
/// An object is created when it is first opened, and lives until it is deleted. Disposing a facade, or the context, does not end it. What was acknowledged
/// survives the death of any node, and of all, unless the object is kept in memory; each call is done once. docs/cluster.md has the guarantees and their
/// reasons.
/// </remarks>
/// <example>
/// <code>
/// using var cluster = Mp.Cluster(new ClusterOptions { AuthKey = key, Storage = ClusterStorage.Sqlite("cluster.db") });
/// var jobs = cluster.Queue&lt;string&gt;("jobs");
/// jobs.Put("hello");
/// </code>
/// </example>
public sealed partial class ClusterContext : IObjectSpace, IDisposable, IAsyncDisposable
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
        var cluster = new ClusterContext(await ClusterNode.StartAsync(options, cancellation).ConfigureAwait(false), options);
        ClusterLook.Add(cluster);
        return cluster;
    }

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

    /// <summary>Makes facades of an object of a name, by the same list of factories as those of one machine.</summary>
    /// <param name="name">The name.</param>
    /// <param name="kind">What everybody who opens it must say alike.</param>
    /// <param name="options">How it is kept.</param>
    private ObjectFactory Of(string name, string kind, ClusterObjectOptions? options)
    {
        Named(name);
        options = ClusterObjectOptions.Checked(options);
        return new ObjectFactory(
            (type, packed) => Open(new ObjectSpec(name, type.Tag, kind, packed, options.Durability, options.ExpireAfter?.Ticks ?? 0), type),
            outliveProcesses: true);
    }

    private static void Named(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(name.Length, ObjectSpec.LongestName, nameof(name));
        if (!EntityName.IsText(name))
        {
            throw new ArgumentException("The name has half of a surrogate pair, which no journal can keep: use whole characters.", nameof(name));
        }
    }

    private ObjectHandle Open(ObjectSpec spec, ObjectType type)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        return _node.Gateway.Open(spec, type, _options.Timeout, CancellationToken.None);
    }
}
