using Multiproc.Managers;
using Multiproc.Pool.Managed;
using Multiproc.Serialization;

namespace Multiproc;

/// <content>A pool in a manager.</content>
public partial class SyncManager
{
    internal static Registration OfPools => TypeOf<IManagedPool, ManagedPool>(ManagedPool.TypeId, CallOrder.BegunInOrder);

    /// <summary>Creates a pool whose workers are children of the manager. Several processes can use it, and it outlives them.</summary>
    /// <param name="processes">The number of workers; by default one for each processor that the manager may use.</param>
    /// <param name="options">
    /// Further settings; null (the default) for those of the manager's process. <see cref="PoolOptions.OnWorkerDeath"/> is not sent.
    /// </param>
    /// <param name="initializer">Runs once in each worker before its first task. Its arguments are the values that it captures.</param>
    /// <param name="finalizer">Runs in each worker that leaves normally; not in one that is terminated.</param>
    /// <param name="maxTasksPerChild">The number of tasks after which a worker is replaced by a fresh one; by default never.</param>
    /// <returns>A proxy that can be sent to other processes. The workers are ended when no process has a proxy of the pool any more.</returns>
    /// <exception cref="RemoteException">A value is out of its range, or the workers could not be started.</exception>
    /// <exception cref="SerializationException">The initializer or the finalizer cannot be sent.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public PoolProxy Pool(
        int? processes = null, PoolOptions? options = null, Action? initializer = null, Action? finalizer = null, int? maxTasksPerChild = null) =>
        new((Proxy)Make(ManagedPool.TypeId, [processes, options, AsyncVoid.RefusedIfAny(initializer), AsyncVoid.RefusedIfAny(finalizer), maxTasksPerChild])!);
}
