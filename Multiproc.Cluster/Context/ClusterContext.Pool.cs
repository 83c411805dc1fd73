using Multiproc.Cluster.Pools;
using Multiproc.Pool;
using Multiproc.Serialization;

namespace Multiproc;

/// <content>Pools over nodes.</content>
public sealed partial class ClusterContext
{
    private static readonly TimeSpan s_nodeTimeout = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Starts a pool whose workers are on the nodes of the cluster: the same class, with the same methods, as a pool of one machine. Nodes that join are used
    /// at once, nodes that leave finish what they have begun, and a node that dies is the death of its workers. Returns before the workers are ready.
    /// </summary>
    /// <remarks>
    /// All nodes run the same build of the program, or take its code (<see cref="ClusterOptions.CodeFolder"/>). A task that was on a node which died is run
    /// again if it is <see cref="TaskOptions.Idempotent"/>; else it fails with a <see cref="WorkerDiedException"/>, since it may have been run. An argument has
    /// at most 256 MiB; large arrays and values are sent to a node once. Objects of this process, such as its queues, are out of reach on other machines.
    /// </remarks>
    /// <param name="workersPerNode">The number of workers on each node, from 1 to 4096; null (the default) for one per processor of this machine.</param>
    /// <param name="role">The role of the nodes to use; null (the default) for all, this one included.</param>
    /// <param name="options">Further settings; null (the default) for <see cref="MultiprocOptions.Pool"/> of the settings in effect.</param>
    /// <param name="initializer">Runs once in each worker before its first task.</param>
    /// <param name="finalizer">Runs in each worker that leaves normally.</param>
    /// <param name="maxTasksPerChild">The number of tasks after which a worker is replaced by a fresh one; by default never.</param>
    /// <param name="nodeTimeout">
    /// How long calls wait while no node has a worker that is ready; then they fail with a <see cref="MultiprocTimeoutException"/> that says why, and the pool
    /// goes on. Default 30 s; <see cref="Timeout.InfiniteTimeSpan"/> for ever. That it waits is logged after a second.
    /// </param>
    /// <returns>The pool. Disposing it ends its workers.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number or time is out of range.</exception>
    /// <exception cref="SerializationException">The initializer or finalizer cannot be sent.</exception>
    /// <exception cref="ConnectionLostException">This node is no longer in the cluster.</exception>
    /// <exception cref="ObjectDisposedException">The cluster was left.</exception>
    /// <example>
    /// <code>
    /// using var pool = cluster.Pool(workersPerNode: 2, role: "worker");
    /// long[] sizes = pool.Map(static path =&gt; new FileInfo(path).Length, paths, options: new TaskOptions { Idempotent = true });
    /// </code>
    /// </example>
    public ProcessPool Pool(
        int? workersPerNode = null, string? role = null, PoolOptions? options = null, Action? initializer = null, Action? finalizer = null,
        int? maxTasksPerChild = null, TimeSpan? nodeTimeout = null)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        int workers = workersPerNode ?? Mp.UsableCpuCount();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(workers, nameof(workersPerNode));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(workers, PoolAgent.MostWorkers, nameof(workersPerNode));
        if (role is not null)
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(role);
        }

        TimeSpan? patience = nodeTimeout ?? s_nodeTimeout;
        if (patience == Timeout.InfiniteTimeSpan)
        {
            patience = null;
        }
        else
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(patience.Value, TimeSpan.Zero, nameof(nodeTimeout));
        }

        var plan = new PoolPlan(
            StartMethod.Spawn, workers, options ?? MultiprocContext.Options.Pool, AsyncVoid.RefusedIfAny(initializer), AsyncVoid.RefusedIfAny(finalizer),
            maxTasksPerChild)
        {
            Where = role is null ? " per node" : $" per node with the role '{role}'",
        };
        return new ProcessPool(plan, roster => new NodePool(roster, _node.Pools, role, patience));
    }
}
