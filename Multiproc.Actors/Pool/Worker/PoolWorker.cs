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
internal sealed class PoolWorker : ChildWork
{
    /// <summary>Stands for the length of an input that could not be sent; the reason follows as text.</summary>
    public const int UnsendableInput = -1;

    [NonSerialized]
    private readonly Queue<byte[]> _inbox = new();

    [NonSerialized]
    private readonly WaitSlot _arrived = new();

    [NonSerialized]
    private readonly Dictionary<int, JobWork> _jobs = [];

    [NonSerialized]
    private readonly WireWriter _result = new();

    public override string NamePrefix => "PoolWorker";

    public override void Run() => new PoolWorker().Serve();

    private void Serve()
    {
        ChildSignals.IgnoreInterrupts();
        var parent = CurrentProcess.Instance.RequireParent().Peer;
        parent.Serve(Service.Pool, Receive);
        Tell(parent, PoolMessage.Ready, Wake.Always);
        while (true)
        {
            byte[] message = Next();
            var reader = new WireReader(message);
            switch ((PoolMessage)reader.Byte())
            {
                case PoolMessage.Define:
                    Define(ref reader);
                    break;
                case PoolMessage.Run:
                    RunChunk(parent, ref reader);
                    break;
                case PoolMessage.Forget:
                    _jobs.Remove((int)reader.VarUInt());
                    break;
                case PoolMessage.Stop:
                    return;
            }
        }
    }

    /// <summary>On the thread that delivers messages, which between chunks is this worker's own.</summary>
    private void Receive(Peer parent, ref WireReader message)
    {
        lock (_inbox)
        {
            _inbox.Enqueue(message.Rest().ToArray());
        }

        _arrived.Complete();
    }

    private byte[] Next()
    {
        while (true)
        {
            lock (_inbox)
            {
                if (_inbox.TryDequeue(out byte[]? message))
                {
                    return message;
                }

                _arrived.Reset();
            }

            Reactor.Current.WaitUntil(_arrived, null, CancellationToken.None);
        }
    }

    private void Define(ref WireReader reader)
    {
        int job = (int)reader.VarUInt();
        JobWork work;
        try
        {
            work = Serializer.Deserialize<JobWork>(ref reader);
        }
        catch (SerializationException unknown)
        {
            work = new FailingWork(unknown);
        }

        _jobs[job] = work;
    }

    private void RunChunk(Peer parent, ref WireReader reader)
    {
        int job = (int)reader.VarUInt();
        long first = (long)reader.VarUInt();
        int count = (int)reader.VarUInt();
        long begun = Stopwatch.GetTimestamp();
        Tell(parent, PoolMessage.Started, Wake.Never);
        for (int i = 0; i < count; i++)
        {
            RunTask(_jobs[job], ref reader);
            var writer = Begin(parent, PoolMessage.Result);
            writer.VarUInt((uint)job);
            writer.VarUInt((ulong)(first + i));
            writer.Raw(_result.Written);
            parent.Send(writer, Wake.Never);
        }

        var done = Begin(parent, PoolMessage.ChunkDone);
        done.VarUInt((uint)job);
        done.VarUInt((ulong)Stopwatch.GetElapsedTime(begun).TotalMicroseconds);
        parent.Send(done);
    }

    /// <summary>A failure of the task, or of sending its result, is that task's result.</summary>
    private void RunTask(JobWork work, ref WireReader reader)
    {
        int length = reader.Int32();
        string? unsendable = length == UnsendableInput ? reader.String() : null;
        var input = new WireReader(unsendable is null ? reader.Raw(length) : default);
        _result.Reset();
        _result.Byte(1);
        try
        {
            if (unsendable is not null)
            {
                throw new SerializationException(unsendable);
            }

            work.Run(ref input, _result);
        }
        catch (Exception failure)
        {
            _result.Reset();
            _result.Byte(0);
            TaskFailure.Write(_result, failure);
        }
    }

    private static WireWriter Begin(Peer parent, PoolMessage message)
    {
        var writer = parent.BeginService(Service.Pool);
        writer.Byte((byte)message);
        return writer;
    }

    private static void Tell(Peer parent, PoolMessage message, Wake wake) => parent.Send(Begin(parent, message), wake);

    /// <summary>A job whose function this process does not have: every task says so.</summary>
    private sealed class FailingWork(Exception reason) : JobWork
    {
        public override void Run(ref WireReader input, WireWriter output) => throw new SerializationException(reason.Message, reason);
    }
}
