using System.Diagnostics;
using Multiproc.Objects.Peers;
using Multiproc.Processes;
using Multiproc.Serialization;
using Multiproc.Transport;

namespace Multiproc.Pool.Workers;

/// <summary>
/// The process of a worker: runs chunks in the order in which they come, one task after the other. Each result is in mapped memory
/// before the next task begins, so that a death costs the running task only.
/// </summary>
internal sealed class PoolWorker(Action? initializer, Action? finalizer, long maxMemory, bool onThread)
{
    private readonly WorkerInbox _inbox = new();
    private readonly RunningTask _running = new();
    private readonly Dictionary<int, WorkerJob> _jobs = [];
    private readonly Peer _parent = CurrentProcess.Instance.RequireParent().Peer;
    private readonly ResultFrame _frame = new();
    private long _chunkEnded = Stopwatch.GetTimestamp();

    public void Serve()
    {
        if (!onThread)
        {
            ChildSignals.IgnoreInterrupts();
        }

        _parent.Serve(Service.Pool, Receive);
        if (!TryInitialize())
        {
            return;
        }

        Tell(PoolMessage.Ready, Wake.Always);
        while (Obey(_inbox.Take()))
        {
        }

        finalizer?.Invoke();
    }

    private bool TryInitialize()
    {
        try
        {
            initializer?.Invoke();
            return true;
        }
        catch (Exception failure)
        {
            var writer = new WireWriter();
            Peer.BeginService(writer, Service.Pool);
            writer.Byte((byte)PoolMessage.StartFailed);
            TaskFailure.Write(writer, failure);
            _parent.Send(writer);
            return false;
        }
    }

    /// <summary>On the thread that delivers messages, which between chunks is this worker's own.</summary>
    private void Receive(Peer parent, ref WireReader message)
    {
        var bytes = message.Rest();
        var reader = new WireReader(bytes);
        switch ((PoolMessage)reader.Byte())
        {
            case PoolMessage.TakeBack:
                GiveBack();
                break;
            case PoolMessage.Cancel:
                _running.Cancel((int)reader.VarUInt());
                break;
            case PoolMessage.Overdue:
                _running.SetOverdue((int)reader.VarUInt(), (long)reader.VarUInt());
                break;
            case PoolMessage.Quit:
                _running.CancelAll();
                _inbox.Quit();
                break;
            case PoolMessage.End or PoolMessage.EndTask when onThread:
                break; // What ends a process would end the whole program.
            case PoolMessage.End:
                _inbox.WhileAtWorkOn((int)reader.VarUInt(), ProcessEnd.Immediately);
                break;
            case PoolMessage.EndTask:
                _running.EndProcessIfAt((int)reader.VarUInt(), (long)reader.VarUInt());
                break;
            default:
                _inbox.Add(bytes);
                break;
        }
    }

    private void GiveBack()
    {
        var returned = _inbox.GiveBack();
        var writer = Begin(PoolMessage.Returned);
        writer.VarUInt((uint)returned.Count);
        foreach (var (job, first) in returned)
        {
            writer.VarUInt((uint)job);
            writer.VarUInt((ulong)first);
        }

        _parent.Send(writer);
    }

    /// <summary>False when it is time to leave.</summary>
    private bool Obey(WorkerInbox.Message message)
    {
        var reader = new WireReader(message.Bytes);
        switch ((PoolMessage)reader.Byte())
        {
            case PoolMessage.Define:
                int defined = (int)reader.VarUInt();
                _jobs[defined] = WorkerJob.Read(ref reader);
                break;
            case PoolMessage.Run or PoolMessage.Apply:
                return RunChunks(message);
            case PoolMessage.Forget:
                int forgotten = (int)reader.VarUInt();
                _jobs.Remove(forgotten);
                _running.Forget(forgotten);
                break;
            case PoolMessage.Stop:
                return false;
        }

        _inbox.Free(message);
        return true;
    }

    /// <summary>Runs a chunk, and those that are there by its end.</summary>
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

    /// <summary>True when this process has grown too large and is to leave.</summary>
    private bool RunChunk(WorkerInbox.Message message, out bool more, out WorkerInbox.Message next)
    {
        var reader = new WireReader(message.Bytes);
        bool single = (PoolMessage)reader.Byte() == PoolMessage.Apply;
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
                _parent.Send(_frame.Writer, Wake.Never);
                continue;
            }

            _chunkEnded = Stopwatch.GetTimestamp();
            more = !grown && _inbox.TryTakeChunk(out next);
            _frame.FinishLast(waited, Stopwatch.GetElapsedTime(begun, _chunkEnded), more);
            _parent.Send(_frame.Writer);
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
            _parent.Send(leaving);
        }

        return grown;
    }

    /// <summary>A failure of the task, or of sending its result, is that task's result.</summary>
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
            _parent.Send(begins);
        }

        if (known && _running.IsCancelled(id))
        {
            // It was cancelled before the token was there to be cancelled.
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

    private WireWriter Begin(PoolMessage message)
    {
        var writer = _parent.BeginService(Service.Pool);
        writer.Byte((byte)message);
        return writer;
    }

    private void Tell(PoolMessage message, Wake wake) => _parent.Send(Begin(message), wake);
}
