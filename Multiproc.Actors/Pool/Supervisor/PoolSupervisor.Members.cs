using Multiproc.Peers;
using Multiproc.Pool.Workers;
using Multiproc.Processes;
using Multiproc.Serialization;

namespace Multiproc.Pool;

/// <content>Starts and ends of workers.</content>
internal sealed partial class PoolSupervisor
{
    private readonly PoolShortage _shortage = new();

    private void Replace()
    {
        try
        {
            if (!_terminated && !(_shortage.IsKnown && _closed && _jobs.IsEmpty))
            {
                StartMember();
                _shortage.End();
                return;
            }
        }
        catch (MultiprocException failure)
        {
            if (_shortage.MayPass(failure, _members.Values.Any(static member => !member.HasEnded)))
            {
                _ = Task.Delay(_shortage.NextPause(), CancellationToken.None).ContinueWith(_ => Replace(), TaskScheduler.Default);
                return;
            }

            // Not final yet: the scheduling counts the failure and may try again.
            _lastFailedStart = failure.Message;
            Tell(new PoolCommand.WorkerGone(-1, 0, Started: false));
        }

        Tell(PoolNotice.NotStarted.Instance);
    }

    private void StartMember()
    {
        int id = Interlocked.Increment(ref _lastWorker);
        PoolMember member = null!;
        var work = new PoolWorkerStart(_plan.Initializer, _plan.Finalizer, _plan.Options.MaxMemoryPerWorker, _plan.OnThreads);
        var (options, affinitySet) = OptionsOfNext();
        var process = new ChildProcess(work, $"PoolWorker-{id}", daemon: true, options, _plan.Method)
        {
            SpawnOptions = new SpawnOptions(KeepStderrTail: true),
            Culture = _culture,
            Connecting = peer =>
            {
                member.Peer = peer;
                peer.Serve(Service.Pool, (Peer _, ref WireReader message) => OnMessage(member, ref message), () => OnDelivered(member));
            },
        };
        member = new PoolMember(id, process, _plan.OnThreads, affinitySet);
        _members.TryAdd(id, member);
        try
        {
            process.Start();
        }
        catch
        {
            _members.TryRemove(id, out _);
            throw;
        }

        _ = process.Exited.ContinueWith(_ => OnExited(member), TaskScheduler.Default);
        if (_terminated)
        {
            member.End();
        }
    }

    private (ProcessOptions? Options, int? AffinitySet) OptionsOfNext()
    {
        if (_plan.OnThreads)
        {
            return (null, null);
        }

        if (Options.WorkerAffinity is not { } sets)
        {
            return (Options.Process, null);
        }

        var used = _members.Values.Where(static member => !member.HasEnded).ToLookup(static member => member.AffinitySet);
        int set = Enumerable.Range(0, sets.Count).MinBy(each => used[each].Count());
        return (Options.Process with { Affinity = sets[set] }, set);
    }

    private void OnExited(PoolMember member)
    {
        try
        {
            Leave(member);
        }
        catch (Exception failure)
        {
            Break(failure);
            ForgetOne();
        }
    }

    private void Leave(PoolMember member)
    {
        // If this process is ending, its tasks are not reported as lost by the death of a worker: callers in other processes see this process end.
        if (_terminated || Children.Current.AreEnded)
        {
            ForgetOne();
            return;
        }

        member.HasEnded = true;
        if (!member.Leaves)
        {
            _lastFailedStart = member.Ending();
            _lastStartFailure = member.StartFailure;
        }

        Tell(new PoolCommand.WorkerGone(member.Id, member.TasksDone, member.Started, OnPurpose: member.Timed is { IsEnded: true }));

        // Queued, so that earlier effects of the scheduling on this member come first.
        Tell(new PoolNotice.Left(member));
    }

    public void On(PoolNotice notice)
    {
        switch (notice)
        {
            case PoolNotice.Left left:
                try
                {
                    _members.TryRemove(left.Member.Id, out _);
                    ReportDeath(left.Member);
                }
                finally
                {
                    ForgetOne();
                }

                break;
            case PoolNotice.NotStarted:
                ForgetOne();
                break;
            case PoolNotice.Closed:
                SignalIfAllGone();
                break;
        }
    }

    private void ReportDeath(PoolMember member)
    {
        if (member.Leaves)
        {
            return;
        }

        PoolMetrics.Count(PoolMetrics.WorkersDied, 1);

        if (Options.OnWorkerDeath is { } report)
        {
            var death = new WorkerDeath(member.Process.Name, member.Process.Pid ?? 0, member.Process.Exited.Result, member.LostTask, member.Process.StderrTail().Trim())
            {
                Memory = member.MemoryAtDeath(Options.HardMaxMemoryPerWorker).Bytes,
                OutOfMemory = member.MemoryAtDeath(Options.HardMaxMemoryPerWorker).RanOut,
            };
            DeathReports.Add(() => report(death));
        }
    }

    private void ForgetOne()
    {
        Interlocked.Decrement(ref _living);
        SignalIfAllGone();
    }

    private void SignalIfAllGone()
    {
        if (_closed && Volatile.Read(ref _living) == 0)
        {
            _limits.Dispose();
            _memory?.Dispose();
            _allGone.TrySetResult();
        }
    }
}
