using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Multiproc.Actors;
using Multiproc.Processes;
using Multiproc.Processes.Logging;
using Multiproc.Serialization;

namespace Multiproc.Pool;

/// <summary>
/// What all threads of a pool share: its workers, its jobs, and whether it is open. Callers, the supervisor and the thread that delivers the messages of
/// workers use it at the same time.
/// </summary>
internal sealed class PoolRoster : IDisposable
{
    private readonly TaskCompletionSource _allGone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly MemoryWatch? _memory;
    private int _lastJob;
    private int _lastWorker;
    private int _living;
    private volatile Exception? _broken;
    private volatile bool _closed;
    private volatile bool _terminated;

    public PoolRoster(PoolPlan plan)
    {
        Plan = plan;
        Limits = new PoolLimits(plan.Options.StopGrace, Members);
        _memory = MemoryWatch.For(plan, Members);
    }

    public PoolPlan Plan { get; }

    public PoolOptions Options => Plan.Options;

    /// <summary>The workers by number, until the supervisor knows that they have ended.</summary>
    public ConcurrentDictionary<int, PoolMember> Members { get; } = new();

    /// <summary>The jobs by number, until they have ended.</summary>
    public ConcurrentDictionary<int, PoolJob> Jobs { get; } = new();

    public PoolLimits Limits { get; }

    public SlowTasks Slowest { get; } = new();

    /// <summary>What is gone and still counts in views of the pool.</summary>
    public PoolPast Past { get; } = new();

    /// <summary>The pool's supervisor; set before anybody else knows the pool.</summary>
    public ActorHandle Supervisor { private get; set; } = null!;

    public bool IsClosed => _closed;

    public bool IsTerminated => _terminated;

    /// <summary>Why no task will ever run again; null while the pool works.</summary>
    public Exception? Broken => _broken;

    /// <summary>Completes when the pool is closed and all workers have left.</summary>
    public Task AllGone => _allGone.Task;

    /// <summary>The number of workers that have not left, including those that are being started.</summary>
    public int Living => Volatile.Read(ref _living);

    public string State => _broken is not null ? "broken" : _terminated ? "terminated" : _closed ? "closed" : "running";

    public static InvalidOperationException NotRunning() => new("Pool not running: it was closed or terminated, and takes no more jobs.");

    public void RequireOpen()
    {
        if (_broken is ConnectionLostException lost)
        {
            throw new ConnectionLostException(lost.Message, lost);
        }

        if (_broken is { } broken)
        {
            throw new ProcessStartException($"The pool is broken: {broken.Message}", broken);
        }

        if (_closed)
        {
            throw NotRunning();
        }
    }

    public int NextJob() => Interlocked.Increment(ref _lastJob);

    public int NextWorker() => Interlocked.Increment(ref _lastWorker);

    /// <summary>Sends a command to the scheduling, which may run on this thread before the call returns.</summary>
    public void Tell(PoolCommand command) => Supervisor.Tell(command);

    public void Tell(PoolNotice notice) => Supervisor.Tell(notice);

    /// <summary>Refuses new jobs; false when it was closed already.</summary>
    public bool Close() => !_closed && (_closed = true);

    public void Terminate()
    {
        _closed = true;
        _terminated = true;
    }

    /// <summary>Says why no task will run again; the first reason counts.</summary>
    public void Break(Exception reason) => _broken ??= reason;

    /// <summary>Breaks the pool after an internal error, so that no caller waits for ever.</summary>
    public void BreakBy(Exception failure)
    {
        Break(new MultiprocException($"The pool was broken by an internal error: {SentFailure.MessageOf(failure)}", failure));
        ProcessLog.Current.Report(LogLevel.Error, LogEvents.PoolBroken, $"a pool was broken by an internal error: {UserCode.Text(failure)}");
        EndJobs();
    }

    /// <summary>Ends all jobs: their callers are told why.</summary>
    public void EndJobs()
    {
        foreach (int id in Jobs.Keys)
        {
            if (Jobs.TryRemove(id, out var job))
            {
                job.Finish(_broken ?? new InvalidOperationException("The pool was terminated before this job was done."));
            }
        }
    }

    /// <summary>Fails the jobs of a pool that goes on: for these there is nobody to run them.</summary>
    public void FailJobs(Exception reason)
    {
        foreach (int id in Jobs.Keys)
        {
            if (Jobs.TryRemove(id, out var job))
            {
                job.Finish(reason);
                Tell(new PoolCommand.Cancel(id));
            }
        }
    }

    /// <summary>Ends all jobs of a pool that goes on or is closed: callers are told why, and running tasks have the grace of a cancelled one.</summary>
    public void CancelJobs(Exception reason)
    {
        foreach (int id in Jobs.Keys)
        {
            if (Jobs.TryRemove(id, out var job))
            {
                job.Finish(reason);
                Tell(new PoolCommand.Cancel(id, Stop: true));
            }
        }
    }

    /// <summary>Counts a worker that is going to be started.</summary>
    public void ExpectOne() => Interlocked.Increment(ref _living);

    /// <summary>Counts a worker that has left, or was not started after all.</summary>
    public void ForgetOne()
    {
        Interlocked.Decrement(ref _living);
        SignalIfAllGone();
    }

    public void SignalIfAllGone()
    {
        if (_closed && Volatile.Read(ref _living) == 0)
        {
            Dispose();
            _allGone.TrySetResult();
        }
    }

    /// <summary>Ends the periodic checks of the workers.</summary>
    public void Dispose()
    {
        Limits.Dispose();
        _memory?.Dispose();
    }
}
