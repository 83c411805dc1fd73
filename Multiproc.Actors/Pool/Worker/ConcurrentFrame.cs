using System.Diagnostics;
using Multiproc.Peers;
using Multiproc.Serialization;

namespace Multiproc.Pool.Workers;

/// <summary>Runs a task that runs beside others, and writes the frame of its result.</summary>
internal sealed class ConcurrentFrame
{
    private readonly ConcurrentTask _task;
    private readonly int _tookAt;
    private readonly long _begun = Stopwatch.GetTimestamp();

    public ConcurrentFrame(ConcurrentTask task)
    {
        _task = task;
        Peer.BeginService(Writer, Service.Pool);
        Writer.Byte((byte)PoolMessage.ConcurrentResult);
        _tookAt = Writer.Length;
        Writer.Int32(0);
        Writer.VarUInt((uint)task.Job);
        Writer.VarUInt((ulong)task.Task);
    }

    public WireWriter Writer { get; } = new() { KeepsPieces = true };

    /// <summary>The job was cancelled before the task began.</summary>
    public void EndWithoutResult() => Writer.Bool(false);

    /// <summary>Runs the task. Its exception, or the failure to serialize its result, is its result.</summary>
    /// <param name="parent">Is told that the task begins, if it has a time limit.</param>
    /// <param name="isCancelled">Whether a job was cancelled.</param>
    public async Task RunAsync(Peer parent, Func<int, bool> isCancelled)
    {
        Writer.Bool(true);
        TaskClock? clock = null;
        int start = Writer.Length;
        Exception? failure = null;
        try
        {
            var (job, input, unsendable) = Read();
            if (job.Traits.HasFlag(JobTraits.Announced))
            {
                Announce(parent);
            }

            if (isCancelled(_task.Job))
            {
                _task.CancelToken();
            }

            clock = job.Traits.HasFlag(JobTraits.Measured) ? new TaskClock(Writer) : null;
            start = Writer.Length;
            if (unsendable is not null)
            {
                throw new SerializationException(unsendable);
            }

            Writer.Byte(1);
            await RunAsync(job, input, clock).ConfigureAwait(false);
        }
        catch (Exception thrown)
        {
            failure = thrown;
        }

        if (failure is not null)
        {
            Writer.Truncate(start);
            Writer.Byte(0);
            TaskFailure.Write(Writer, _task.IsOverdue && failure is OperationCanceledException
                ? new MultiprocTimeoutException($"Task {_task.Task} of the pool was cancelled because its time was over.", failure)
                : failure);
        }

        clock?.Finish();
        Writer.PatchInt32(_tookAt, (int)Math.Min(Stopwatch.GetElapsedTime(_begun).TotalMicroseconds, int.MaxValue));
    }

    private (WorkerJob Job, ReadOnlyMemory<byte> Input, string? Unsendable) Read()
    {
        var reader = new WireReader(_task.Content.Span);
        var job = _task.Definition is { } known ? known.Value : WorkerJob.Read(ref reader);
        int length = reader.Int32();
        if (length == WorkerJob.UnsendableInput)
        {
            return (job, default, reader.String());
        }

        // Checked by reading: there are that many bytes.
        int size = reader.Raw(length).Length;
        return (job, _task.Content[^(reader.Rest().Length + size)..][..size], null);
    }

    private async Task RunAsync(WorkerJob job, ReadOnlyMemory<byte> input, ITaskClock? clock)
    {
        if (job.Work is not IAsyncWork work)
        {
            // A function that could not be deserialized: its work throws the reason.
            var reader = new WireReader(input.Span);
            job.Work.Run(ref reader, Writer, _task.Token, clock);
        }
        else if (job.Trace is null)
        {
            await work.RunAsync(input, Writer, _task.Token, clock).ConfigureAwait(false);
        }
        else
        {
            await TracedRun.RunAsync(job.Trace, work, _task, input, Writer, clock).ConfigureAwait(false);
        }
    }

    private void Announce(Peer parent)
    {
        var begins = parent.BeginService(Service.Pool);
        begins.Byte((byte)PoolMessage.TaskBegins);
        begins.VarUInt((uint)_task.Job);
        begins.VarUInt((ulong)_task.Task);
        parent.Send(begins);
    }
}
