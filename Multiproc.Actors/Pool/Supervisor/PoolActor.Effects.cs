using Multiproc.Transport;

namespace Multiproc.Pool;

/// <content>Performs the effects of the scheduling, one at a time.</content>
internal sealed partial class PoolActor
{
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(5);

    private void Perform(PoolEffect effect)
    {
        switch (effect)
        {
            case PoolEffect.Send send:
                _sender.Send(_roster.Members[send.Worker], send);
                break;
            case PoolEffect.SendConcurrent send:
                _sender.Send(_roster.Members[send.Worker], send);
                break;
            case PoolEffect.TaskLost lost:
                LoseTask(_roster.Members[lost.Worker], lost);
                break;
            case PoolEffect.TaskRetried retried:
                _roster.Members[retried.Worker].LostTask = retried.Task;
                if (_roster.Jobs.TryGetValue(retried.Job, out var again))
                {
                    again.OnRetried();
                }

                break;
            case PoolEffect.JobFinished finished:
                Finish(finished.Job, _roster.Broken);
                break;
            case PoolEffect.JobRefused refused:
                Finish(refused.Job, PoolRoster.NotRunning());
                break;
            case PoolEffect.StartWorker:
                _roster.ExpectOne();
                _starter.StartLater();
                break;
            case PoolEffect.RetireWorker retire:
                _roster.Members[retire.Worker].Leaves = true;
                Tell(retire.Worker, PoolMessage.Stop, 0, Wake.Always);
                break;
            case PoolEffect.TakeBack back:
                Tell(back.Worker, PoolMessage.TakeBack, 0, Wake.Always);
                break;
            case PoolEffect.CancelWork cancel:
                Tell(cancel.Worker, PoolMessage.Cancel, cancel.Job, Wake.Always);
                break;
            case PoolEffect.StopWorker stop:
                if (_roster.Members.TryGetValue(stop.Worker, out var stopped))
                {
                    stopped.Process.ExpectEnd();
                }

                Tell(stop.Worker, PoolMessage.End, stop.Job, Wake.Always);
                break;
            case PoolEffect.KillWorker kill:
                _roster.Members[kill.Worker].End();
                break;
            case PoolEffect.Remind remind:
                WaitTimeout grace = remind.Last ? PoolLimits.ToObey : _roster.Options.StopGrace;
                _ = Task.Delay(grace.Milliseconds).ContinueWith(_ => _roster.Tell(new PoolCommand.GraceOver(remind.Job, remind.Last)), TaskScheduler.Default);
                break;
            case PoolEffect.TickSoon soon:
                _tick.Change(s_tick + soon.Longer, Timeout.InfiniteTimeSpan);
                break;
            case PoolEffect.Broken:
                _roster.Break(new ProcessStartException(
                    $"{_roster.Options.StartAttempts} workers in a row ended before they were ready. The last: {_lastFailedStart}", _lastStartFailure));
                break;
        }
    }

    private void LoseTask(PoolMember member, PoolEffect.TaskLost lost)
    {
        member.LostTask = lost.Task;
        if (!_roster.Jobs.TryGetValue(lost.Job, out var job))
        {
            return;
        }

        string argument = job.Describe(lost.Task);
        if (member.EndedFor.FirstOrDefault(timed => timed.Job.Id == lost.Job && timed.Task == lost.Task) is { } timed)
        {
            job.OnFailed(lost.Task, new MultiprocTimeoutException(
                $"Task {lost.Task}{(argument.Length == 0 ? "" : $" ({argument})")} of the pool ran longer than {timed.Job.Settings.Timeout} and did not end "
                + "when it was cancelled: "
                + $"its worker process {member.Process.Pid}{(member.Process.Node.Length == 0 ? "" : $" on node {member.Process.Node}")} was ended and will be "
                + "replaced."));
            return;
        }

        job.OnFailed(lost.Task, WorkerDiedException.Of(
            member.Process, lost.Task, argument, lost.Deaths, member.MemoryAtDeath(_roster.Options.HardMaxMemoryPerWorker)));
    }

    private void Finish(int id, Exception? failure)
    {
        if (!_roster.Jobs.TryRemove(id, out var job))
        {
            return;
        }

        foreach (int worker in job.KnownTo ?? [])
        {
            Tell(worker, PoolMessage.Forget, id, Wake.Never);
        }

        _roster.Past.Add(job);
        job.Finish(failure);
        job.ReportProgress();
    }

    private void Tell(int worker, PoolMessage message, int job, Wake wake)
    {
        if (_roster.Members.TryGetValue(worker, out var member))
        {
            member.Tell(message, job, null, wake);
        }
    }
}
