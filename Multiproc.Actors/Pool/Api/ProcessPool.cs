using System.Diagnostics;
using Multiproc.Pool;
using Multiproc.Processes;
using Multiproc.Serialization;

namespace Multiproc;

/// <summary>
/// Runs tasks in worker processes: Python's <c>multiprocessing.Pool</c>. A task that kills its worker fails alone, with a <see cref="WorkerDiedException"/>;
/// the worker is replaced and all other tasks go on. Thread-safe. Created by <see cref="Mp"/>'s Pool method.
/// </summary>
/// <example>
/// <code>
/// using var pool = Mp.Pool(4);
/// int[] squares = pool.Map(static x => x * x, Enumerable.Range(0, 100));
/// </code>
/// </example>
[DebuggerDisplay("{ToString(),nq}")]
public sealed partial class ProcessPool : IDisposable, IAsyncDisposable, ISelfCoded<ProcessPool>
{
    private readonly Lock _gate = new();
    private readonly PoolHandle _pool;
    private int _workers;

    /// <summary>Far more than any machine needs, and few enough that a typing error does not bring one down.</summary>
    private const int MostWorkers = 4096;

    internal ProcessPool(PoolPlan plan, Func<PoolRoster, IWorkerStarter>? starter = null)
    {
        RequireSize(plan.Workers, "processes");
        if (plan.MaxTasksPerChild is { } most)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(most, "maxTasksPerChild");
        }

        plan.Options.Validate();
        _workers = plan.Workers;
        _pool = new PoolHandle(plan, starter);
    }

    /// <summary>Gets the process ids of the current workers.</summary>
    public IReadOnlyList<int> WorkerPids =>
        [.. _pool.Members.Where(static member => member.Process.IsAlive).Select(static member => member.Process.Pid).OfType<int>()];

    /// <summary>Changes the number of workers. Surplus workers leave when they have finished the tasks that they have been sent.</summary>
    /// <param name="processes">The number of workers, from 1 to 4096; of a pool over nodes, that of each node.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is not from 1 to 4096.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    public void Resize(int processes)
    {
        RequireSize(processes, nameof(processes));
        _pool.RequireOpen();
        int by;
        lock (_gate)
        {
            by = processes - _workers;
            _workers = processes;
        }

        // Not under the lock: scheduling may run on this thread and serialize inputs, which runs code of the program. The differences add up in any order.
        if (by != 0)
        {
            _pool.Resize(by);
        }
    }

    /// <summary>Gets how the workers spent their time, the slowest tasks, and advice on what to improve.</summary>
    /// <returns>A snapshot.</returns>
    public PoolInsights Insights() => _pool.Insights();

    /// <summary>Refuses new calls from now on; workers leave when all submitted tasks are done. May be called again.</summary>
    public void Close() => _pool.Close();

    /// <summary>Ends the workers immediately, whatever they are doing; pending calls fail. May be called again.</summary>
    public void Terminate() => _pool.Terminate();

    /// <summary>Waits until all workers have left; call <see cref="Close"/> or <see cref="Terminate"/> first.</summary>
    /// <param name="timeout">How long to wait; null (the default) for ever, zero not at all.</param>
    /// <param name="cancellation">Stops waiting; the pool goes on.</param>
    /// <returns>True if all workers have left, false if the timeout passed.</returns>
    /// <exception cref="InvalidOperationException">The pool is still running.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    public bool Join(TimeSpan? timeout = null, CancellationToken cancellation = default) => Leaving.Ends(timeout, cancellation);

    /// <summary>Waits asynchronously until all workers have left; call <see cref="Close"/> or <see cref="Terminate"/> first.</summary>
    /// <param name="timeout">How long to wait; null (the default) for ever, zero not at all.</param>
    /// <param name="cancellation">Stops waiting; the pool goes on.</param>
    /// <returns>True if all workers have left, false if the timeout passed.</returns>
    /// <exception cref="InvalidOperationException">The pool is still running.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    public ValueTask<bool> JoinAsync(TimeSpan? timeout = null, CancellationToken cancellation = default) => Leaving.EndsAsync(timeout, cancellation);

    /// <summary>Closes a pool that was collected without being closed: its workers leave when submitted tasks are done, and a warning is logged.</summary>
    ~ProcessPool()
    {
        // Null if the constructor threw.
        if (_pool is { IsClosed: false } pool)
        {
            string text = ToString();
            ThreadPool.UnsafeQueueUserWorkItem(_ => pool.CloseForgotten(text), null);
        }
    }

    /// <summary>Ends the workers immediately and waits until they have left.</summary>
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        Terminate();
        _pool.JoinAfterTerminate();
        _pool.Stop();
    }

    /// <summary>Ends the workers immediately and waits asynchronously until they have left.</summary>
    /// <returns>A task that completes when the workers have left.</returns>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Terminate();
        await _pool.JoinAfterTerminateAsync().ConfigureAwait(false);
        _pool.Stop();
    }

    /// <summary>Describes the pool by size and state, like Python's repr().</summary>
    /// <returns>For example "ProcessPool(4 workers, running)".</returns>
    public override string ToString() => $"ProcessPool({_workers} workers{_pool.Where}, {_pool.State})";

    private Task Leaving =>
        _pool.IsClosed ? _pool.AllGone : throw new InvalidOperationException("The pool is still running: call Close() or Terminate() before Join().");

    void ISelfCoded.WriteTo(WireWriter writer) =>
        throw new UnsendableException("is a ProcessPool: a ProcessPool cannot be sent. A lambda that captures a pool cannot run in its workers: use a static "
            + "lambda, or call the pool in a separate method");

    static ProcessPool ISelfCoded<ProcessPool>.ReadFrom(ref WireReader reader) =>
        throw new SerializationException("Malformed value: a ProcessPool cannot be sent.");

    internal static void RequireSize(int processes, string name)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(processes, name);
        if (processes > MostWorkers)
        {
            throw new ArgumentOutOfRangeException(name, processes, $"A pool has at most {MostWorkers} worker processes; one for each processor "
                + $"({Environment.ProcessorCount}) is usually best.");
        }
    }

    private CallSettings Settings(string call, JobWork work, IProgress<PoolProgress>? progress, TaskOptions? options)
    {
        _pool.RequireOpen();
        options?.Validate();
        var limit = options?.Timeout ?? _pool.Options.TaskTimeout;
        var span = PoolTracing.Begin(call, out string? trace);
        return new CallSettings(
            limit, options is { Idempotent: true } ? _pool.Options.Retries : 0, _pool.Options.MeasureTasks, progress, trace, span)
        {
            AtOnce = work is IAsyncWork && _pool.Options.ConcurrentTasksPerWorker is > 1 and int atOnce ? atOnce : 0,
        };
    }

    /// <summary>Validates a call and returns whether its token has already fired; then no worker is told of it.</summary>
    private bool IsOver(TaskOptions? options, CancellationToken cancellation)
    {
        _pool.RequireOpen();
        options?.Validate();
        return cancellation.IsCancellationRequested;
    }

    /// <summary>Submits a job. If the token fires, the caller's wait ends at once and the tasks after a grace period.</summary>
    private AsyncResult<T> Submit<T>(PoolJob job, long tasks, int chunkSize, AsyncResult<T> result, CancellationToken cancellation, bool adaptive = false)
    {
        _pool.Submit(job, tasks, chunkSize, ended: true, adaptive);
        result.CancelWith(cancellation, () =>
        {
            // In this order, since a task that observes its token may return a value before this thread continues.
            result.SetCancelled(cancellation);
            _pool.Tell(new PoolCommand.Cancel(job.Id, Stop: true));
        });
        return result;
    }
}
