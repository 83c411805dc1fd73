using Akka.Actor;

namespace Multiproc.Pool;

/// <summary>
/// The supervisor of a pool: handles one command or notice at a time, steps the scheduling, and performs what it wants. Never blocks: workers are started on
/// other threads.
/// </summary>
internal sealed partial class PoolActor : UntypedActor
{
    private readonly PoolState _state;
    private readonly PoolRoster _roster;
    private readonly IWorkerStarter _starter;
    private readonly ChunkSender _sender;
    private readonly Timer _tick;
    private readonly List<PoolEffect> _effects = [];

    /// <summary>Separate from the callbacks of calls: one of these that does not return must not delay the reports of deaths.</summary>
    private readonly PoolCallbacks _deathReports = new("a pool");

    private Exception? _lastStartFailure;
    private string _lastFailedStart = "";

    public PoolActor(PoolState state, PoolRoster roster, IWorkerStarter starter)
    {
        _state = state;
        _roster = roster;
        _starter = starter;
        _sender = new ChunkSender(roster);
        _tick = new Timer(_ => roster.Tell(new PoolCommand.Tick()));
    }

    protected override void OnReceive(object message)
    {
        try
        {
            switch (message)
            {
                case PoolCommand command:
                    Obey(command);
                    break;
                case PoolNotice.Exited exited:
                    Leave(exited.Member);
                    break;
                case PoolNotice.NotStarted failed:
                    DoWithout(failed.Reason);
                    break;
                case PoolNotice.Closed:
                    _roster.SignalIfAllGone();
                    break;
                default:
                    Unhandled(message);
                    break;
            }
        }
        catch (Exception failure)
        {
            // If the pool went on, some result might be lost and its caller wait for ever. So it is broken, and all callers are told why.
            _effects.Clear();
            _roster.BreakBy(failure);
        }
    }

    protected override void PostStop() => _tick.Dispose();

    private void Obey(PoolCommand command)
    {
        _state.Step(command, _effects);
        foreach (var effect in _effects)
        {
            Perform(effect);
        }

        _effects.Clear();
        _sender.WakeReceivers();
    }

    /// <summary>Handles the end of a worker. Its tasks go to others before it is forgotten, since the effects of that name it.</summary>
    private void Leave(PoolMember member)
    {
        try
        {
            if (!member.Leaves)
            {
                _lastFailedStart = member.Ending();
                _lastStartFailure = member.StartFailure;
            }

            Obey(new PoolCommand.WorkerGone(
                member.Id, member.TasksDone, member.Started, OnPurpose: member.Timed is { IsEnded: true }, Unseen: member.Process.LostWith is not null,
                Overdue: [.. member.EndedFor.Select(static timed => (timed.Job.Id, timed.Task))]));
        }
        finally
        {
            try
            {
                ReportDeath(member);
            }
            finally
            {
                _roster.Past.Add(member);
                _roster.Members.TryRemove(member.Id, out _);
                _roster.ForgetOne();
            }
        }
    }

    /// <summary>Goes on without a worker that was not started. A failure is not final yet: the scheduling counts it and may try again.</summary>
    private void DoWithout(string? reason)
    {
        try
        {
            if (reason is not null)
            {
                _lastFailedStart = reason;
                Obey(new PoolCommand.WorkerGone(-1, 0, Started: false));
            }
        }
        finally
        {
            _roster.ForgetOne();
        }
    }

    private void ReportDeath(PoolMember member)
    {
        if (member.Leaves)
        {
            return;
        }

        PoolMetrics.Count(PoolMetrics.WorkersDied, 1);
        var memory = member.MemoryAtDeath(_roster.Options.HardMaxMemoryPerWorker);
        var death = new WorkerDeath(
            member.Process.Name, member.Process.Pid ?? 0, member.Process.Exited.Result, member.LostTask, member.Process.StderrTail().Trim())
        {
            Memory = memory.Bytes,
            OutOfMemory = memory.RanOut,
            Node = member.Process.Node,
        };
        _roster.Past.Add(death);
        if (_roster.Options.OnWorkerDeath is { } report)
        {
            _deathReports.Add(() => report(death));
        }
    }
}
