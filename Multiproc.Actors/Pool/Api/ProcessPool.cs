using System.Diagnostics;
using Multiproc.Pool;
using Multiproc.Processes;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc;

/// <summary>
/// Worker processes that run tasks. A task that kills its worker fails alone, with a <see cref="WorkerDiedException"/>; the worker is
/// replaced and all other tasks go on. May be used from any thread of its process.
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
    private readonly PoolSupervisor _supervisor;
    private int _workers;

    /// <summary>Far beyond what a machine is served by, and below where a slip of the pen would bring it down.</summary>
    private const int MostWorkers = 4096;

    internal ProcessPool(PoolPlan plan)
    {
        RequireSize(plan.Workers, "processes");
        if (plan.MaxTasksPerChild is { } most)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(most, "maxTasksPerChild");
        }

        plan.Options.Validate();
        _workers = plan.Workers;
        _supervisor = new PoolSupervisor(plan);
    }

    /// <summary>The process ids of the workers at the moment.</summary>
    public IReadOnlyList<int> WorkerPids => [.. _supervisor.Members.Where(static member => member.Process.IsAlive).Select(static member => member.Process.Pid!.Value)];

    /// <summary>Sets how many workers there are from now on. Those that are too many leave when they have done what they have in hand.</summary>
    /// <param name="processes">How many; 1 to 4096.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not such a number.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    public void Resize(int processes)
    {
        RequireSize(processes, nameof(processes));
        _supervisor.RequireOpen();
        int by;
        lock (_gate)
        {
            by = processes - _workers;
            _workers = processes;
        }

        // Not under the lock: the scheduling may run here, and write inputs, which is the program's code. Their sum is the same in any order.
        if (by != 0)
        {
            _supervisor.Tell(new PoolCommand.Resize(by));
        }
    }

    /// <summary>What the workers spent their time on, the slowest tasks, and what could be done better.</summary>
    /// <returns>A snapshot.</returns>
    public PoolInsights Insights() => _supervisor.Insights();

    /// <summary>Takes no more jobs; workers leave when all is done. May be called again.</summary>
    public void Close() => _supervisor.Close();

    /// <summary>Ends the workers at once, whatever they do; calls that wait fail. May be called again.</summary>
    public void Terminate() => _supervisor.Terminate();

    /// <summary>Waits until all workers have left; call <see cref="Close"/> or <see cref="Terminate"/> before.</summary>
    /// <param name="timeout">How long to wait; null (the default) for ever, zero not at all.</param>
    /// <param name="cancellation">Gives up waiting; the pool goes on.</param>
    /// <returns>False when some had not left in time.</returns>
    /// <exception cref="InvalidOperationException">The pool is still running.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    public bool Join(TimeSpan? timeout = null, CancellationToken cancellation = default) => Leaving.Ends(timeout, cancellation);

    /// <summary>As <see cref="Join"/>, without holding a thread.</summary>
    /// <param name="timeout">How long to wait; null (the default) for ever, zero not at all.</param>
    /// <param name="cancellation">Gives up waiting; the pool goes on.</param>
    /// <returns>False when some had not left in time.</returns>
    /// <exception cref="InvalidOperationException">The pool is still running.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    public ValueTask<bool> JoinAsync(TimeSpan? timeout = null, CancellationToken cancellation = default) => Leaving.EndsAsync(timeout, cancellation);

    /// <summary>A pool that nobody can close any more: its workers leave when what they were given is done, and the log has a warning.</summary>
    ~ProcessPool()
    {
        // A constructor that threw leaves no supervisor.
        if (_supervisor is { IsClosed: false } supervisor)
        {
            string text = ToString();
            ThreadPool.UnsafeQueueUserWorkItem(_ => supervisor.CloseForgotten(text), null);
        }
    }

    /// <summary>Ends the workers at once and waits until they have left.</summary>
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        Terminate();
        _supervisor.JoinAfterTerminate();
        _supervisor.Stop();
    }

    /// <summary>The same as <see cref="Dispose"/>, without holding a thread.</summary>
    /// <returns>A task that ends when the workers have left.</returns>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Terminate();
        await _supervisor.JoinAfterTerminateAsync().ConfigureAwait(false);
        _supervisor.Stop();
    }

    /// <summary>State and size, as Python's repr().</summary>
    /// <returns>For example "ProcessPool(4 workers, running)".</returns>
    public override string ToString() => $"ProcessPool({_workers} workers, {_supervisor.State})";

    private Task Leaving => _supervisor.IsClosed ? _supervisor.AllGone : throw new InvalidOperationException("The pool is still running: call Close() or Terminate() before Join().");

    void ISelfCoded.WriteTo(WireWriter writer) =>
        throw new UnsendableException("is a ProcessPool: a ProcessPool cannot be sent. A lambda that uses one cannot be given to it; use a static lambda, or pass the pool to a method of its own");

    static ProcessPool ISelfCoded<ProcessPool>.ReadFrom(ref WireReader reader) => throw new SerializationException("Malformed value: a ProcessPool cannot be sent.");

    private static void RequireSize(int processes, string name)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(processes, name);
        if (processes > MostWorkers)
        {
            throw new ArgumentOutOfRangeException(name, processes, $"A pool has at most {MostWorkers} worker processes; as many as there are processors ({Environment.ProcessorCount}) are mostly best.");
        }
    }

    private CallSettings Settings(string call, IProgress<PoolProgress>? progress, TaskOptions? options)
    {
        _supervisor.RequireOpen();
        options?.Validate();
        var limit = options?.Timeout ?? _supervisor.Options.TaskTimeout;
        var span = PoolTracing.Begin(call, out string? trace);
        return new CallSettings(
            limit, options is { Idempotent: true } ? _supervisor.Options.Retries : 0, _supervisor.Options.MeasureTasks, progress, trace, span);
    }

    /// <summary>Whether the call ended before it began. What is wrong with the call is told first; no worker hears of it.</summary>
    private bool IsOver(TaskOptions? options, CancellationToken cancellation)
    {
        _supervisor.RequireOpen();
        options?.Validate();
        return cancellation.IsCancellationRequested;
    }

    /// <summary>Lets the token of a call end it: its caller at once, its tasks after a grace.</summary>
    private AsyncResult<T> Submit<T>(PoolJob job, long tasks, int chunkSize, AsyncResult<T> result, CancellationToken cancellation, bool adaptive = false)
    {
        _supervisor.Submit(job, tasks, chunkSize, ended: true, adaptive);
        result.CancelWith(cancellation, () =>
        {
            // In this order: a task that observes its token may return a value before this thread gets on.
            result.SetCancelled(cancellation);
            _supervisor.Tell(new PoolCommand.Cancel(job.Id, Stop: true));
        });
        return result;
    }
}
