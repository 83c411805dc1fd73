using Multiproc.Peers;
using Multiproc.Pool.Workers;
using Multiproc.Processes;
using Multiproc.Serialization;

namespace Multiproc.Pool;

/// <summary>Starts the workers of a pool, and tells its supervisor of their ends.</summary>
internal sealed class WorkerStarter(PoolRoster roster) : IWorkerStarter
{
    private readonly PoolShortage _shortage = new();

    // The culture of the thread that creates the pool: replacement workers are started on arbitrary threads.
    private readonly Payload _culture = CultureTravel.OfThisThread();

    public int StartAttempts => roster.Options.StartAttempts;

    public int Places => 1;

    public IReadOnlyList<NodeInsight> Nodes => [];

    public void Begin()
    {
        for (int i = 0; i < roster.Plan.Workers; i++)
        {
            roster.ExpectOne();
            try
            {
                Start();
            }
            catch
            {
                // The worker that failed to start is not alive.
                roster.ForgetOne();
                throw;
            }
        }
    }

    /// <summary>Surplus workers leave, and missing ones are started, when the scheduling says so.</summary>
    public void Resize(int by) => roster.Tell(new PoolCommand.Resize(by));

    public void End()
    {
        // Nothing here starts workers by itself.
    }

    public void Dispose()
    {
        // As above.
    }

    public void StartLater() => ThreadPool.UnsafeQueueUserWorkItem(static starter => starter.TryStart(), this, preferLocal: false);

    private void Start()
    {
        int id = roster.NextWorker();
        PoolMember member = null!;
        var plan = roster.Plan;
        var work = new PoolWorkerStart(plan.Initializer, plan.Finalizer, plan.Options.MaxMemoryPerWorker, plan.OnThreads);
        var (options, affinitySet) = OptionsOfNext();
        var process = new ChildProcess(work, $"PoolWorker-{id}", daemon: true, options, plan.Method)
        {
            SpawnOptions = new SpawnOptions(KeepStderrTail: true),
            Culture = _culture,
            Connecting = peer =>
            {
                member.Line = new PeerLine(peer);
                var messages = new WorkerMessages(roster, member);
                peer.Serve(Service.Pool, messages.OnMessage, messages.OnDelivered);
            },
        };
        member = new PoolMember(id, new NearWorker(process), plan.OnThreads, affinitySet);
        roster.Members.TryAdd(id, member);
        try
        {
            process.Start();
        }
        catch
        {
            roster.Members.TryRemove(id, out _);
            throw;
        }

        _ = process.Exited.ContinueWith(_ => OnExited(member), TaskScheduler.Default);
        if (roster.IsTerminated)
        {
            member.End();
        }
    }

    private void TryStart()
    {
        string? refusal = null;
        try
        {
            if (!roster.IsTerminated && !(_shortage.IsKnown && roster.IsClosed && roster.Jobs.IsEmpty))
            {
                Start();
                _shortage.End();
                return;
            }
        }
        catch (MultiprocException failure)
        {
            if (_shortage.MayPass(failure, roster.Members.Values.Any(static member => !member.HasEnded)))
            {
                _ = Task.Delay(_shortage.NextPause(), CancellationToken.None).ContinueWith(_ => TryStart(), TaskScheduler.Default);
                return;
            }

            refusal = failure.Message;
        }

        roster.Tell(new PoolNotice.NotStarted(refusal));
    }

    private void OnExited(PoolMember member)
    {
        // If this process is ending, its tasks are not reported as lost by the death of a worker: callers in other processes see this process end.
        if (roster.IsTerminated || Children.Current.AreEnded)
        {
            roster.ForgetOne();
            return;
        }

        member.HasEnded = true;
        roster.Tell(new PoolNotice.Exited(member));
    }

    private (ProcessOptions? Options, int? AffinitySet) OptionsOfNext()
    {
        if (roster.Plan.OnThreads)
        {
            return (null, null);
        }

        if (roster.Options.WorkerAffinity is not { } sets)
        {
            return (roster.Options.Process, null);
        }

        var used = roster.Members.Values.Where(static member => !member.HasEnded).ToLookup(static member => member.AffinitySet);
        int set = Enumerable.Range(0, sets.Count).MinBy(each => used[each].Count());
        return (roster.Options.Process with { Affinity = sets[set] }, set);
    }
}
