using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Multiproc.Pool;
using Multiproc.Serialization;

namespace Multiproc;

/// <content>Pools.</content>
public sealed partial class MultiprocContext
{
    /// <summary>Starts a pool of worker processes.</summary>
    /// <param name="processes">The number of workers; by default the number of processors that this process may use.</param>
    /// <param name="options">Further settings; null (the default) for <see cref="MultiprocOptions.Pool"/> of the settings in effect.</param>
    /// <param name="initializer">
    /// Runs once in each worker before its first task. Its arguments are the values that it captures; static fields that it sets keep their values for the
    /// tasks.
    /// </param>
    /// <param name="finalizer">
    /// Runs in each worker that leaves normally: after Close, or when it is replaced. Does not run in a worker that is terminated.
    /// </param>
    /// <param name="maxTasksPerChild">The number of tasks after which a worker is replaced by a fresh one; by default never.</param>
    /// <returns>The pool. Disposing it ends its workers.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The number of processes is not from 1 to 4096, or the number of tasks is not positive.</exception>
    /// <exception cref="SerializationException">The initializer or finalizer cannot be sent.</exception>
    /// <exception cref="ProcessStartException">A worker could not be started.</exception>
    public ProcessPool Pool(
        int? processes = null, PoolOptions? options = null, Action? initializer = null, Action? finalizer = null, int? maxTasksPerChild = null) =>
        new ProcessPool(new PoolPlan(
            _method.Use(), processes ?? UsableCpuCount(), options ?? Options.Pool, AsyncVoid.RefusedIfAny(initializer), AsyncVoid.RefusedIfAny(finalizer),
            maxTasksPerChild));

    /// <inheritdoc cref="Pool(int?, PoolOptions?, Action?, Action?, int?)"/>
    /// <remarks>The worker waits for the task of the initializer before it takes the first one of the pool.</remarks>
    [OverloadResolutionPriority(1)]
    public ProcessPool Pool(
        [Optional] int? processes, [Optional] PoolOptions? options, Func<Task> initializer, Action? finalizer = null, int? maxTasksPerChild = null)
    {
        ArgumentNullException.ThrowIfNull(initializer);
        return Pool(processes, options, new AsyncInitializer(initializer).Run, finalizer, maxTasksPerChild);
    }
}
