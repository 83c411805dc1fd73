using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Multiproc.Actors;
using Multiproc.Nodes;
using Multiproc.Peers.References;
using Multiproc.Processes;
using Multiproc.Processes.Logging;
using Multiproc.Serialization;
using Multiproc.States;
using Multiproc.Transport;

namespace Multiproc.Pool;

/// <summary>The parameters with which a pool's workers are started.</summary>
internal sealed record PoolPlan(
    StartMethod Method, int Workers, PoolOptions Options, Action? Initializer = null, Action? Finalizer = null, int? MaxTasksPerChild = null)
{
    public bool OnThreads => Method == StartMethod.InProcess;
}

/// <summary>Owns the workers and jobs of a pool: starts and ends processes, and performs the effects of the scheduling.</summary>
internal sealed partial class PoolSupervisor : IPoolSupervisor
{
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan s_endBound = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<int, PoolMember> _members = new();
    private readonly ConcurrentDictionary<int, PoolJob> _jobs = new();
    private readonly TaskCompletionSource _allGone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PoolLimits _limits;
    private readonly MemoryWatch? _memory;
    private readonly Timer _tick;
    private readonly PoolPlan _plan;

    // The culture of the thread that creates the pool: replacement workers are started on arbitrary threads.
    private readonly Payload _culture = CultureTravel.OfThisThread();
    private readonly ActorHandle _scheduler;
    private int _lastJob;
    private int _lastWorker;
    private int _living;
    private volatile Exception? _broken;
    private Exception? _lastStartFailure;
    private volatile string _lastFailedStart = "";
    private volatile bool _closed;
    private volatile bool _terminated;

    public PoolSupervisor(PoolPlan plan)
    {
        _plan = plan;
        _limits = new PoolLimits(plan.Options.StopGrace, _members);
        _memory = MemoryWatch.For(plan, _members);
        _tick = new Timer(_ => Tell(new PoolCommand.Tick()));
        _scheduler = Node.Current.Actors.StartInline(() => new PoolActor(new PoolState(plan.Options.StartAttempts, plan.MaxTasksPerChild), this));
        try
        {
            for (int i = 0; i < plan.Workers; i++)
            {
                Interlocked.Increment(ref _living);
                StartMember();
            }
        }
        catch
        {
            // The worker that failed to start is not alive.
            Interlocked.Decrement(ref _living);
            Terminate();
            JoinAfterTerminate();
            throw;
        }

        // In the time that the workers take to start.
        MemoryAtDeath.Prepare();
    }

    public PoolCallbacks Callbacks { get; } = new("a pool");

    /// <summary>Separate from the callbacks of calls: one of these that does not return must not delay the reports of deaths.</summary>
    private PoolCallbacks DeathReports { get; } = new("a pool");

    public PoolOptions Options => _plan.Options;

    public IEnumerable<PoolMember> Members => _members.Values;

    public string State => _broken is not null ? "broken" : _terminated ? "terminated" : _closed ? "closed" : "running";

    public bool IsClosed => _closed;

    public void RequireOpen()
    {
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

    public void Submit(PoolJob job, long tasks, int chunkSize, bool ended, bool adaptive = false)
    {
        _jobs.TryAdd(job.Id, job);
        if (job.Settings.Timeout.Limit is { } timeout)
        {
            _limits.Watch(timeout);
        }

        Tell(new PoolCommand.Submit(job.Id, tasks, chunkSize, ended, job.Settings.Retries, Single: job.KnownTo is null, Adaptive: adaptive));
        if (_terminated)
        {
            EndJobs();
        }
    }

    /// <summary>Sends a command to the scheduling, which may run on this thread before the call returns.</summary>
    public void Tell(PoolCommand command) => _scheduler.Tell(command);

    private void Tell(PoolNotice notice) => _scheduler.Tell(notice);

    public void Close()
    {
        if (!_closed)
        {
            _closed = true;
            Tell(new PoolCommand.Close());
            Tell(PoolNotice.Closed.Instance);
        }
    }

    /// <summary>Closes a pool that was garbage-collected without being closed. Callers that still wait for results get them.</summary>
    public void CloseForgotten(string pool)
    {
        ProcessLog.Current.Report(LogLevel.Warning, LogEvents.PoolNotClosed, $"unclosed running multiprocessing pool {pool}: dispose it, or call Close() or "
            + "Terminate(), when it is no longer needed");
        Close();
        _ = _allGone.Task.ContinueWith(_ => Stop(), TaskScheduler.Default);
    }

    public void Terminate()
    {
        _closed = true;
        _terminated = true;
        foreach (var member in _members.Values)
        {
            if (member.Process.HostPid is not null)
            {
                member.End();
            }
        }

        EndJobs();
        SignalIfAllGone();
    }

    /// <summary>Completes when all workers have left.</summary>
    public Task AllGone => _allGone.Task;

    /// <summary>
    /// Waits for the workers after Terminate, for a limited time: a thread may never end, and the kernel may hold a killed process. Workers that are left are
    /// then reported.
    /// </summary>
    public void JoinAfterTerminate() => TellOfTheLiving(AllGone.Ends(EndBound, CancellationToken.None));

    /// <summary>Waits asynchronously for the workers after Terminate, as <see cref="JoinAfterTerminate"/> does.</summary>
    public async ValueTask JoinAfterTerminateAsync() => TellOfTheLiving(await AllGone.EndsAsync(EndBound, CancellationToken.None).ConfigureAwait(false));

    private WaitTimeout EndBound => _plan.OnThreads ? ((WaitTimeout)Options.StopGrace).Plus(PoolLimits.ToObey) : s_endBound;

    private void TellOfTheLiving(bool allEnded)
    {
        if (!allEnded && !_plan.OnThreads)
        {
            string left = string.Join(", ", _members.Values.Where(static member => !member.Process.Exited.IsCompleted).Select(static member => member.Process.ToString()));
            StandardStreams.Complain($"A pool was terminated, but after {s_endBound.TotalSeconds:0} s not all of its workers have ended ({_living} left: "
                + $"{left}).");
        }
    }

    public void Stop()
    {
        _scheduler.Stop();
        _tick.Dispose();
        _limits.Dispose();
        _memory?.Dispose();
    }

    private static InvalidOperationException NotRunning() => new("Pool not running: it was closed or terminated, and takes no more jobs.");

    /// <summary>Breaks the pool after an internal error, so that no caller waits for ever.</summary>
    public void Break(Exception failure)
    {
        _broken ??= new MultiprocException($"The pool was broken by an internal error: {SentFailure.MessageOf(failure)}", failure);
        ProcessLog.Current.Report(LogLevel.Error, LogEvents.PoolBroken, $"a pool was broken by an internal error: {UserCode.Text(failure)}");
        EndJobs();
    }

    private void EndJobs()
    {
        foreach (int id in _jobs.Keys)
        {
            if (_jobs.TryRemove(id, out var job))
            {
                job.Finish(_broken ?? new InvalidOperationException("The pool was terminated before this job was done."));
            }
        }
    }
}
