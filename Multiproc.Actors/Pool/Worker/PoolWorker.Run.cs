using System.Diagnostics;
using Multiproc.Serialization;
using Multiproc.Transport;

namespace Multiproc.Pool.Workers;

/// <content>Runs chunks and tasks.</content>
internal sealed partial class PoolWorker
{
    /// <summary>Runs a chunk, and those that have arrived by its end.</summary>
    private bool RunChunks(WorkerInbox.Message message)
    {
        Tell(PoolMessage.Started, Wake.Never);
        bool more = true;
        while (more)
        {
            bool grown = RunChunk(message, out more, out var next);
            _inbox.Free(message);
            if (grown)
            {
                return false;
            }

            message = next;
        }

        return true;
    }

    /// <summary>Runs a chunk. Returns true if this process uses too much memory and must leave.</summary>
    private bool RunChunk(WorkerInbox.Message message, out bool more, out WorkerInbox.Message next)
    {
        var reader = new WireReader(message.Bytes);
        var kind = (PoolMessage)reader.Byte();
        if (kind == PoolMessage.RunMany)
        {
            RunMany(ref reader, out more, out next);
            return false;
        }

        bool single = kind == PoolMessage.Apply;
        int id = (int)reader.VarUInt();
        var job = single ? WorkerJob.Read(ref reader) : _jobs[id];
        long first = single ? 0 : (long)reader.VarUInt();
        int count = single ? 1 : (int)reader.VarUInt();
        long begun = Stopwatch.GetTimestamp();
        var waited = Stopwatch.GetElapsedTime(_chunkEnded, begun);
        more = false;
        next = default;
        bool grown = false;
        for (int i = 0; i < count && !grown; i++)
        {
            if (_running.IsCancelled(id))
            {
                _frame.BeginLast(id, hasResult: false);
                i = count;
            }
            else
            {
                if (i == count - 1)
                {
                    _frame.BeginLast(id, hasResult: true);
                }
                else
                {
                    _frame.Begin(id);
                }

                RunTask(id, job, first + i, ref reader);
            }

            grown = maxMemory > 0 && !onThread && Environment.WorkingSet > maxMemory;
            if (i < count - 1)
            {
                parent.Send(_frame.Writer, Wake.Never);
                continue;
            }

            _chunkEnded = Stopwatch.GetTimestamp();
            more = !grown && _inbox.TryTakeChunk(out next);
            _frame.FinishLast(waited, Stopwatch.GetElapsedTime(begun, _chunkEnded), more);
            parent.Send(_frame.Writer);
        }

        _frame.Trim();
        if (single)
        {
            _running.Forget(id);
        }

        if (grown)
        {
            var leaving = Begin(PoolMessage.Leaving);
            leaving.VarUInt((ulong)Environment.WorkingSet);
            parent.Send(leaving);
        }

        return grown;
    }

    /// <summary>Runs a chunk whose tasks are not watched one by one; the loop over them is compiled for their types.</summary>
    private void RunMany(ref WireReader reader, out bool more, out WorkerInbox.Message next)
    {
        int id = (int)reader.VarUInt();
        long first = (long)reader.VarUInt();
        int count = (int)reader.VarUInt();
        long begun = Stopwatch.GetTimestamp();
        var waited = Stopwatch.GetElapsedTime(_chunkEnded, begun);
        var run = _many ??= new ManyRun(parent, parent.Staging!, _running);
        run.Begin(id, first, count, begun);
        _jobs[id].Work.RunMany(ref reader, reader.Bool(), run);
        run.Send();
        _chunkEnded = Stopwatch.GetTimestamp();
        more = _inbox.TryTakeChunk(out next);
        _frame.BeginLast(id, hasResult: false);
        _frame.FinishLast(waited, Stopwatch.GetElapsedTime(begun, _chunkEnded), more);
        parent.Send(_frame.Writer);
    }

    /// <summary>Runs a task. Its exception, or the failure to serialize its result, is its result.</summary>
    private void RunTask(int id, WorkerJob job, long task, ref WireReader reader)
    {
        var writer = _frame.Writer;
        writer.VarUInt((ulong)task);
        int length = reader.Int32();
        string? unsendable = length == WorkerJob.UnsendableInput ? reader.String() : null;
        var input = new WireReader(unsendable is null ? reader.Raw(length) : default);
        bool announced = job.Traits.HasFlag(JobTraits.Announced);
        bool known = announced || job.Work.TakesToken;
        var token = known ? _running.Begin(id, task, job.Work.TakesToken) : CancellationToken.None;
        if (announced)
        {
            var begins = Begin(PoolMessage.TaskBegins);
            begins.VarUInt((uint)id);
            begins.VarUInt((ulong)task);
            parent.Send(begins);
        }

        if (known && _running.IsCancelled(id))
        {
            // The job was cancelled before the token existed.
            _running.Cancel(id);
        }

        var clock = job.Traits.HasFlag(JobTraits.Measured) ? new TaskClock(writer) : null;
        int start = writer.Length;
        Exception? failure = null;
        try
        {
            if (unsendable is not null)
            {
                throw new SerializationException(unsendable);
            }

            writer.Byte(1);
            if (job.Trace is null)
            {
                job.Work.Run(ref input, writer, token, clock);
            }
            else
            {
                TracedRun.Run(job, task, ref input, writer, token, clock);
            }
        }
        catch (Exception thrown)
        {
            failure = thrown;
        }

        bool overdue = known && _running.End();
        if (failure is not null)
        {
            writer.Truncate(start);
            writer.Byte(0);
            TaskFailure.Write(writer, overdue && failure is OperationCanceledException
                ? new MultiprocTimeoutException($"Task {task} of the pool was cancelled because its time was over.", failure)
                : failure);
        }

        clock?.Finish();
    }
}
