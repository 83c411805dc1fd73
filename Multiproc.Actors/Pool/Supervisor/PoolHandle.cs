using Microsoft.Extensions.Logging;
using Multiproc.Nodes;
using Multiproc.Processes;
using Multiproc.Processes.Logging;

namespace Multiproc.Pool;

/// <summary>What a <see cref="ProcessPool"/> has of its pool: starts the supervisor and the first workers, gives them jobs, and ends them.</summary>
internal sealed class PoolHandle
{
    private static readonly TimeSpan s_endBound = TimeSpan.FromSeconds(30);

    private readonly PoolRoster _roster;
    private readonly IWorkerStarter _starter;
    private readonly Actors.ActorHandle _supervisor;

    /// <param name="plan">How the workers are started.</param>
    /// <param name="starter">Makes what starts them; null for children of this process.</param>
    public PoolHandle(PoolPlan plan, Func<PoolRoster, IWorkerStarter>? starter = null)
    {
        _roster = new PoolRoster(plan);
        _starter = starter?.Invoke(_roster) ?? new WorkerStarter(_roster);
        // Not before its first message, the start of the actor system goes on beside the start of the workers.
        _supervisor = Node.Current.Actors.Inline(() => new PoolActor(new PoolState(_starter.StartAttempts, plan.MaxTasksPerChild), _roster, _starter));
        _roster.Supervisor = _supervisor;
        PoolViews.Add(this);
        try
        {
            _starter.Begin();
        }
        catch
        {
            Terminate();
            JoinAfterTerminate();
            _starter.Dispose();
            PoolViews.Remove(this);
            throw;
        }

        // In the time that the workers take to start.
        MemoryAtDeath.Prepare();
    }

    /// <summary>The name that the pool has in a host; null for one that has none.</summary>
    public string? Name { get; set; }

    public IEnumerable<PoolJob> Jobs => _roster.Jobs.Values;

    public PoolPast Past => _roster.Past;

    public PoolCallbacks Callbacks { get; } = new("a pool");

    public PoolOptions Options => _roster.Options;

    public IEnumerable<PoolMember> Members => _roster.Members.Values;

    public string State => _roster.State;

    public int Places => _starter.Places;

    public string Where => _roster.Plan.Where;

    public bool IsClosed => _roster.IsClosed;

    public Exception? Broken => _roster.Broken;

    /// <summary>Completes when all workers have left.</summary>
    public Task AllGone => _roster.AllGone;

    private WaitTimeout EndBound => _roster.Plan.OnThreads ? ((WaitTimeout)Options.StopGrace).Plus(PoolLimits.ToObey) : s_endBound;

    public void RequireOpen() => _roster.RequireOpen();

    public void CancelJobs(Exception reason) => _roster.CancelJobs(reason);

    public int NextJob() => _roster.NextJob();

    public void Resize(int by) => _starter.Resize(by);

    /// <summary>Sends a command to the scheduling, which may run on this thread before the call returns.</summary>
    public void Tell(PoolCommand command) => _roster.Tell(command);

    public void Submit(PoolJob job, long tasks, int chunkSize, bool ended, bool adaptive = false)
    {
        _roster.Jobs.TryAdd(job.Id, job);
        if (job.Settings.Timeout.Limit is { } timeout)
        {
            _roster.Limits.Watch(timeout);
        }

        Tell(new PoolCommand.Submit(
            job.Id, tasks, chunkSize, ended, job.Settings.Retries, Single: job.KnownTo is null, Adaptive: adaptive, AtOnce: job.Settings.AtOnce));
        if (_roster.IsTerminated)
        {
            _roster.EndJobs();
        }
    }

    public void Close()
    {
        if (_roster.Close())
        {
            Tell(new PoolCommand.Close());
            _roster.Tell(PoolNotice.Closed.Instance);
        }
    }

    /// <summary>Closes a pool that was garbage-collected without being closed. Callers that still wait for results get them.</summary>
    public void CloseForgotten(string pool)
    {
        ProcessLog.Current.Report(LogLevel.Warning, LogEvents.PoolNotClosed, $"unclosed running multiprocessing pool {pool}: dispose it, or call Close() or "
            + "Terminate(), when it is no longer needed");
        Close();
        _ = AllGone.ContinueWith(_ => Stop(), TaskScheduler.Default);
    }

    /// <summary>Ends the workers and all jobs at once, on this thread: the supervisor may be busy with an input of the program.</summary>
    public void Terminate()
    {
        _roster.Terminate();
        foreach (var member in Members)
        {
            if (member.Process.IsStarted)
            {
                member.End();
            }
        }

        _starter.End();
        _roster.EndJobs();
        _roster.SignalIfAllGone();
    }

    /// <summary>
    /// Waits for the workers after Terminate, for a limited time: a thread may never end, and the kernel may hold a killed process. Workers that are left are
    /// then reported.
    /// </summary>
    public void JoinAfterTerminate() => TellOfTheLiving(AllGone.Ends(EndBound, CancellationToken.None));

    /// <summary>Waits asynchronously for the workers after Terminate, as <see cref="JoinAfterTerminate"/> does.</summary>
    public async ValueTask JoinAfterTerminateAsync() => TellOfTheLiving(await AllGone.EndsAsync(EndBound, CancellationToken.None).ConfigureAwait(false));

    public void Stop()
    {
        PoolViews.Remove(this);
        _supervisor.Stop();
        _starter.Dispose();
        _roster.Dispose();
    }

    /// <summary>How the workers have spent their time.</summary>
    public PoolInsights Insights()
    {
        var members = Members.Where(static member => member.Process.IsStarted).OrderBy(static member => member.Id).ToList();
        List<WorkerInsight> workers = [.. members.Select(static member =>
        {
            var times = member.Times;
            var serialized = TimeSpan.FromMicroseconds(times.SerializedMicroseconds);
            var worked = TimeSpan.FromMicroseconds(Math.Max(0, times.TookMicroseconds - times.SerializedMicroseconds));
            return new WorkerInsight(
                member.Process.Name, member.Process.HostPid ?? 0, times.Start, TimeSpan.FromMicroseconds(times.WaitedMicroseconds), serialized, worked,
                times.Tasks, times.Chunks)
            {
                Node = member.Process.Node,
            };
        })];
        var longest = TimeSpan.FromMicroseconds(members.Select(static member => member.Times.LongestChunk).DefaultIfEmpty().Max());
        return new PoolInsights(workers, _roster.Slowest.List(), PoolAdvice.From(workers, longest)) { Nodes = _starter.Nodes };
    }

    private void TellOfTheLiving(bool allEnded)
    {
        if (!allEnded && !_roster.Plan.OnThreads)
        {
            string left = string.Join(
                ", ", Members.Where(static member => !member.Process.Exited.IsCompleted).Select(static member => member.Process.ToString()));
            StandardStreams.Complain($"A pool was terminated, but after {s_endBound.TotalSeconds:0} s not all of its workers have ended ({_roster.Living} "
                + "left: "
                + $"{left}).");
        }
    }
}
