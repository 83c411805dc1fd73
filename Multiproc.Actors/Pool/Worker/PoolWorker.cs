using System.Diagnostics;
using Multiproc.Peers;
using Multiproc.Processes;
using Multiproc.Serialization;
using Multiproc.Transport;

namespace Multiproc.Pool.Workers;

/// <summary>
/// Runs a worker: handles chunks in the order of their arrival, one task at a time. Each result is in mapped memory
/// before the next task begins, so that a death costs only the running task.
/// </summary>
internal sealed partial class PoolWorker(Action? initializer, Action? finalizer, long maxMemory, bool onThread, Peer parent)
{
    private readonly WorkerInbox _inbox = new();
    private readonly RunningTask _running = new();
    private readonly Dictionary<int, WorkerJob> _jobs = [];
    private readonly ResultFrame _frame = new();
    private ManyRun? _many;
    private ConcurrentTasks? _concurrent; // Made at the first task of an asynchronous function, if several run at the same time.
    private long _chunkEnded = Stopwatch.GetTimestamp();

    public void Serve()
    {
        if (!onThread)
        {
            ChildSignals.IgnoreInterrupts();
        }

        parent.Serve(Service.Pool, Receive);
        if (!TryInitialize())
        {
            return;
        }

        Tell(PoolMessage.Ready, Wake.Always);
        while (Obey(_inbox.Take()))
        {
        }

        _concurrent?.Leave();
        finalizer?.Invoke();
    }

    /// <summary>Goes through the life of a worker that is told to stop at once, without sending any message.</summary>
    public void Rehearse()
    {
        _ = TryInitialize();
        _ = Begin(PoolMessage.Ready);
        _inbox.Add([(byte)PoolMessage.Stop]);
        _ = Obey(_inbox.Take());
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
            parent.Send(writer);
            return false;
        }
    }

    /// <summary>Receives a message, on the thread that delivers messages, which between chunks is the worker's own thread.</summary>
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
                int cancelled = (int)reader.VarUInt();
                _running.Cancel(cancelled);
                _concurrent?.Cancel(cancelled);
                break;
            case PoolMessage.Overdue:
                var (late, place) = ((int)reader.VarUInt(), (long)reader.VarUInt());
                _running.SetOverdue(late, place);
                _concurrent?.SetOverdue(late, place);
                break;
            case PoolMessage.DefineConcurrent:
                Concurrent.Define((int)reader.VarUInt(), reader.Rest().ToArray());
                break;
            case PoolMessage.RunConcurrent:
                Concurrent.Begin((int)reader.VarUInt(), (long)reader.VarUInt(), reader.Rest().ToArray());
                break;
            case PoolMessage.ApplyConcurrent:
                Concurrent.BeginSingle((int)reader.VarUInt(), reader.Rest().ToArray());
                break;
            case PoolMessage.Quit:
                _running.CancelAll();
                _inbox.Quit();
                break;
            case PoolMessage.End or PoolMessage.EndTask when onThread:
                break; // For a worker on a thread, ending the process would end the whole program.
            case PoolMessage.End:
                int ended = (int)reader.VarUInt();
                _inbox.WhileAtWorkOn(ended, ProcessEnd.Immediately);
                _concurrent?.EndProcessIfAt(ended);
                break;
            case PoolMessage.EndTask:
                var (endless, at) = ((int)reader.VarUInt(), (long)reader.VarUInt());
                _running.EndProcessIfAt(endless, at);
                _concurrent?.EndProcessIfAt(endless, at);
                break;
            default:
                _inbox.Add(bytes);
                break;
        }
    }

    private ConcurrentTasks Concurrent => _concurrent ??= new ConcurrentTasks(parent, onThread ? 0 : maxMemory);

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

        parent.Send(writer);
    }

    /// <summary>Handles a message. Returns false if the worker must leave.</summary>
    private bool Obey(WorkerInbox.Message message)
    {
        var reader = new WireReader(message.Bytes);
        switch ((PoolMessage)reader.Byte())
        {
            case PoolMessage.Define:
                int defined = (int)reader.VarUInt();
                _jobs[defined] = WorkerJob.Read(ref reader);
                break;
            case PoolMessage.Run or PoolMessage.Apply or PoolMessage.RunMany:
                return RunChunks(message);
            case PoolMessage.Forget:
                int forgotten = (int)reader.VarUInt();
                _jobs.Remove(forgotten);
                _running.Forget(forgotten);
                _concurrent?.Forget(forgotten);
                break;
            case PoolMessage.Stop:
                return false;
        }

        _inbox.Free(message);
        return true;
    }

    private WireWriter Begin(PoolMessage message)
    {
        var writer = parent.BeginService(Service.Pool);
        writer.Byte((byte)message);
        return writer;
    }

    private void Tell(PoolMessage message, Wake wake) => parent.Send(Begin(message), wake);
}
