using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.States;
using Multiproc.Transport;

namespace Multiproc.Pool;

/// <content>Performs the effects of the scheduling, one at a time, in its actor.</content>
internal sealed partial class PoolSupervisor
{
    private const int LargestKept = 8 * 1024 * 1024;
    private const int LargestRungLater = 4096;
    private const int LeastHeavy = 64 * 1024;

    /// <summary>Half the capacity of a link: data that does not fit there would be copied once more, into a backlog.</summary>
    private const int MostBytesAssigned = 4 * 1024 * 1024;

    private readonly List<PoolMember> _toBeRung = [];

    // Not the thread's shared writer: user code runs while an input is serialized, and may send frames itself.
    private WireWriter _frame = new() { KeepsPieces = true };

    public void Perform(PoolEffect effect)
    {
        switch (effect)
        {
            case PoolEffect.Send send:
                Send(_members[send.Worker], send);
                break;
            case PoolEffect.TaskLost lost:
                LoseTask(_members[lost.Worker], lost);
                break;
            case PoolEffect.TaskRetried retried:
                _members[retried.Worker].LostTask = retried.Task;
                if (_jobs.TryGetValue(retried.Job, out var again))
                {
                    again.OnRetried();
                }

                break;
            case PoolEffect.JobFinished finished:
                Finish(finished.Job, _broken);
                break;
            case PoolEffect.JobRefused refused:
                Finish(refused.Job, NotRunning());
                break;
            case PoolEffect.StartWorker:
                Interlocked.Increment(ref _living);
                ThreadPool.UnsafeQueueUserWorkItem(_ => Replace(), null);
                break;
            case PoolEffect.RetireWorker retire:
                _members[retire.Worker].Leaves = true;
                TellMember(retire.Worker, PoolMessage.Stop, 0, Wake.Always);
                break;
            case PoolEffect.TakeBack back:
                TellMember(back.Worker, PoolMessage.TakeBack, 0, Wake.Always);
                break;
            case PoolEffect.CancelWork cancel:
                TellMember(cancel.Worker, PoolMessage.Cancel, cancel.Job, Wake.Always);
                break;
            case PoolEffect.StopWorker stop:
                if (_members.TryGetValue(stop.Worker, out var stopped))
                {
                    stopped.Process.ExpectEnd();
                }

                TellMember(stop.Worker, PoolMessage.End, stop.Job, Wake.Always);
                break;
            case PoolEffect.KillWorker kill:
                _members[kill.Worker].End();
                break;
            case PoolEffect.Remind remind:
                WaitTimeout grace = remind.Last ? PoolLimits.ToObey : Options.StopGrace;
                _ = Task.Delay(grace.Milliseconds).ContinueWith(_ => Tell(new PoolCommand.GraceOver(remind.Job, remind.Last)), TaskScheduler.Default);
                break;
            case PoolEffect.TickSoon:
                _tick.Change(s_tick, Timeout.InfiniteTimeSpan);
                break;
            case PoolEffect.Broken:
                _broken ??= new ProcessStartException(
                    $"{Options.StartAttempts} workers in a row ended before they were ready. The last: {_lastFailedStart}", _lastStartFailure);
                break;
        }
    }

    private void Send(PoolMember member, PoolEffect.Send send)
    {
        if (!_jobs.TryGetValue(send.Job, out var job) || member.Peer is not { IsLost: false } peer)
        {
            return; // Terminated, or the worker is gone: the scheduling learns of its end and gives the chunk to another worker.
        }

        if (!job.Settings.Timeout.IsInfinite)
        {
            Interlocked.Increment(ref member.TimedInHand);
        }

        try
        {
            if (job.KnownTo is not { } knownTo)
            {
                Begin(PoolMessage.Apply, job.Id);
                job.WriteDefinition(_frame);
                job.WriteInput(_frame, 0);
            }
            else
            {
                if (knownTo.Add(member.Id))
                {
                    Begin(PoolMessage.Define, job.Id);
                    job.WriteDefinition(_frame);
                    peer.Send(_frame, Wake.WhenWaiting);
                }

                bool many = send.Count > 1 && !job.IsWatched && Options.MaxMemoryPerWorker == 0 && peer.Staging is not null;
                Begin(many ? PoolMessage.RunMany : PoolMessage.Run, job.Id);
                _frame.VarUInt((ulong)send.First);
                _frame.VarUInt((uint)send.Count);
                if (many)
                {
                    job.WriteInputs(_frame, send.First, send.Count);
                }
                else
                {
                    for (int i = 0; i < send.Count; i++)
                    {
                        job.WriteInput(_frame, send.First + i);
                    }
                }
            }

            SendFrame(member, peer, job);
        }
        catch (ConnectionLostException)
        {
            // The worker is gone: the scheduling learns of its end.
        }

        _frame.Reset();
        if (_frame.Capacity > LargestKept)
        {
            _frame = new WireWriter { KeepsPieces = true };
        }
    }

    /// <summary>
    /// Sends a frame. For small frames the worker is woken once, after all effects of this step; for a large one at once, so that it is read meanwhile.
    /// </summary>
    private void SendFrame(PoolMember member, Peer peer, PoolJob job)
    {
        int size = _frame.Total;
        bool later = size < LargestRungLater;
        peer.Send(_frame, later ? Wake.Later : Wake.WhenWaiting);
        if (later && !member.IsToBeRung)
        {
            member.IsToBeRung = true;
            _toBeRung.Add(member);
        }

        if (size > LeastHeavy && size > job.LargestFrame)
        {
            // Queued, since the scheduling is in a step now.
            job.LargestFrame = size;
            _scheduler.Tell(new PoolCommand.Heavy(job.Id, Math.Max(2, MostBytesAssigned / size)));
        }
    }

    /// <summary>Wakes the workers that were sent frames in this step.</summary>
    public void Performed()
    {
        foreach (var member in _toBeRung)
        {
            member.IsToBeRung = false;
            member.Peer!.Announce(Wake.WhenWaiting);
        }

        _toBeRung.Clear();
    }

    private void LoseTask(PoolMember member, PoolEffect.TaskLost lost)
    {
        member.LostTask = lost.Task;
        if (!_jobs.TryGetValue(lost.Job, out var job))
        {
            return;
        }

        string argument = job.Describe(lost.Task);
        if (member.Timed is { IsEnded: true } timed && timed.Job.Id == lost.Job && timed.Task == lost.Task)
        {
            job.OnFailed(lost.Task, new MultiprocTimeoutException(
                $"Task {lost.Task}{(argument.Length == 0 ? "" : $" ({argument})")} of the pool ran longer than {timed.Job.Settings.Timeout} and did not end "
                + "when it was cancelled: "
                + $"its worker process {member.Process.Pid} was ended and will be replaced."));
            return;
        }

        job.OnFailed(lost.Task, new WorkerDiedException(member.Process.Pid!.Value, member.Process.Exited.Result, lost.Task, argument, lost.Deaths, member.Process.StderrTail().Trim(), member.MemoryAtDeath(Options.HardMaxMemoryPerWorker)));
    }

    private void Finish(int id, Exception? failure)
    {
        if (!_jobs.TryRemove(id, out var job))
        {
            return;
        }

        foreach (int worker in job.KnownTo ?? [])
        {
            TellMember(worker, PoolMessage.Forget, id, Wake.Never);
        }

        job.Finish(failure);
        job.ReportProgress();
    }

    private void Begin(PoolMessage message, int job)
    {
        Peer.BeginService(_frame, Service.Pool);
        _frame.Byte((byte)message);
        _frame.VarUInt((uint)job);
    }

    private void TellMember(int worker, PoolMessage message, int job, Wake wake)
    {
        if (_members.TryGetValue(worker, out var member))
        {
            TellMember(member, message, job, null, wake);
        }
    }

    /// <summary>Sends a message to a worker, from any thread.</summary>
    internal static void TellMember(PoolMember member, PoolMessage message, int job, long? task, Wake wake)
    {
        try
        {
            if (member.Peer is { IsLost: false } peer)
            {
                var writer = peer.BeginService(Service.Pool);
                writer.Byte((byte)message);
                writer.VarUInt((uint)job);
                if (task is { } place)
                {
                    writer.VarUInt((ulong)place);
                }

                peer.Send(writer, wake);
            }
        }
        catch (ConnectionLostException)
        {
            // The worker is gone, which is all that these messages could cause.
        }
    }
}
