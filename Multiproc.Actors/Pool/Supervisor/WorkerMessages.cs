using Multiproc.Peers;
using Multiproc.Serialization;

namespace Multiproc.Pool;

/// <summary>Handles the messages of one worker, on the thread that delivers messages: results go from there to their jobs without a detour.</summary>
internal sealed class WorkerMessages(PoolRoster roster, PoolMember member, Action? onReady = null)
{
    /// <exception cref="SerializationException">The message is malformed.</exception>
    public void OnMessage(Peer peer, ref WireReader reader) => OnMessage(ref reader);

    /// <exception cref="SerializationException">The message is malformed.</exception>
    public void OnMessage(ref WireReader reader)
    {
        byte kind = reader.Byte();
        switch ((PoolMessage)kind)
        {
            case PoolMessage.LastResult:
                OnLastResult(ref reader);
                break;
            case PoolMessage.Results:
                OnResults(ref reader);
                break;
            case PoolMessage.Result:
                OnResult(JobOf(ref reader), 0, ref reader);
                break;
            case PoolMessage.Started:
                member.Started = true;
                break;
            case PoolMessage.TaskBegins:
                OnTaskBegins(ref reader);
                break;
            case PoolMessage.ConcurrentResult:
                OnConcurrentResult(ref reader);
                break;
            case PoolMessage.Grown:
                roster.Tell(new PoolCommand.WorkerGrown(member.Id));
                break;
            case PoolMessage.Returned:
                OnReturned(ref reader);
                break;
            case PoolMessage.Leaving:
                // It leaves between two tasks, so nothing of its chunk is lost.
                member.Leaves = true;
                member.Started = false;
                break;
            case PoolMessage.StartFailed:
                member.StartFailure = TaskFailure.Read(ref reader);
                break;
            case PoolMessage.Ready:
                OnReady();
                break;
            default:
                throw new SerializationException($"Malformed frame: a pool does not accept pool message {kind}.");
        }
    }

    /// <summary>Reports all completed chunks to the scheduling in one step, which costs as much as reporting one.</summary>
    public void OnDelivered()
    {
        if (member.Untold is { Count: > 0 } untold)
        {
            member.Untold = default;
            roster.Tell(new PoolCommand.ChunkDone(member.Id, TimeSpan.FromMicroseconds(untold.Took), untold.Count));
        }
    }

    private PoolJob? JobOf(ref WireReader reader) => roster.Jobs.GetValueOrDefault((int)reader.VarUInt());

    private void OnReady()
    {
        member.OnReady();
        onReady?.Invoke();
        PoolMetrics.Count(PoolMetrics.WorkersStarted, 1);

        roster.Tell(new PoolCommand.WorkerReady(member.Id, member.RoundTrip));
    }

    private void OnTaskBegins(ref WireReader reader)
    {
        if (JobOf(ref reader) is { } job)
        {
            member.Begins(job, (long)reader.VarUInt());
        }
        else
        {
            member.Timed = null;
        }
    }

    private void OnConcurrentResult(ref WireReader reader)
    {
        int took = reader.Int32();
        int id = (int)reader.VarUInt();
        long task = (long)reader.VarUInt();
        var job = roster.Jobs.GetValueOrDefault(id);
        if (job is { Settings.Timeout.IsInfinite: false })
        {
            Interlocked.Decrement(ref member.TimedChunks);
            member.TimedBeside?.TryRemove((id, task), out _);
        }

        if (reader.Bool())
        {
            member.Times.Tasks++;
            PoolMetrics.Count(PoolMetrics.TasksDone, 1);
            Deliver(job, task, took, ref reader);
            job?.ReportProgress();
        }

        roster.Tell(new PoolCommand.ConcurrentDone(member.Id, id, task));
    }

    // alone: how long the task took, known only if it was a chunk of one task.
    private void OnResult(PoolJob? job, int alone, ref WireReader reader)
    {
        long task = (long)reader.VarUInt();
        member.TasksDone++;
        if (job is null)
        {
            return;
        }

        if (!job.Settings.Timeout.IsInfinite)
        {
            member.Timed = null;
        }

        Deliver(job, task, alone, ref reader);
    }

    private void Deliver(PoolJob? job, long task, int took, ref WireReader reader)
    {
        if (job is null)
        {
            return;
        }

        if (job.Settings.Measured)
        {
            member.Times.AddSerialization(reader.Int32());
            roster.Slowest.Consider(job, task, reader.Int32());
        }
        else
        {
            roster.Slowest.Consider(job, task, took);
        }

        job.OnResult(task, ref reader);
    }

    private void OnResults(ref WireReader reader)
    {
        var job = JobOf(ref reader);
        long task = (long)reader.VarUInt();
        int size = reader.Natural();
        if (size > 0)
        {
            var values = reader.Rest();
            member.TasksDone += job?.OnPacked(task, size, values) ?? values.Length / size;
            return;
        }

        for (; job is not null && !reader.AtEnd; task++)
        {
            member.TasksDone++;
            job.OnResult(task, ref reader);
        }
    }

    private void OnLastResult(ref WireReader reader)
    {
        int waited = reader.Int32();
        int took = reader.Int32();
        bool beginsNext = reader.Bool();
        bool hasResult = reader.Bool();
        var job = JobOf(ref reader);
        if (hasResult)
        {
            OnResult(job, member.TasksDone == 0 ? took : 0, ref reader);
        }

        if (job?.Settings.Timeout.IsInfinite == false)
        {
            Interlocked.Decrement(ref member.TimedChunks);
        }

        int tasks = member.TasksDone;
        member.Started = beginsNext;
        member.TasksDone = 0;
        member.Times.Tasks += tasks;
        member.Times.AddChunk(waited, took);
        PoolMetrics.Count(PoolMetrics.TasksDone, tasks);

        PoolMetrics.Record(PoolMetrics.ChunkTime, took);

        PoolMetrics.Record(PoolMetrics.WaitTime, waited);

        member.Untold = (member.Untold.Count + 1, member.Untold.Took + took);
        job?.ReportProgress();
    }

    private void OnReturned(ref WireReader reader)
    {
        var chunks = new (int, long)[reader.Count(atLeast: 2)];
        for (int i = 0; i < chunks.Length; i++)
        {
            chunks[i] = ((int)reader.VarUInt(), (long)reader.VarUInt());
            if (roster.Jobs.GetValueOrDefault(chunks[i].Item1)?.Settings.Timeout.IsInfinite == false)
            {
                Interlocked.Decrement(ref member.TimedChunks);
            }
        }

        roster.Tell(new PoolCommand.ChunksReturned(member.Id, chunks));
    }
}
