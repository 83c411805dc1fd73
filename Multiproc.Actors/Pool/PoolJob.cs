using System.Diagnostics;
using Multiproc.Serialization;
using Multiproc.Transport;

namespace Multiproc.Pool;

/// <summary>A job in the process that wants its results. Results come on the thread that delivers messages; the caller waits on <see cref="Changed"/>.</summary>
internal abstract class PoolJob(int id, JobWork work, IProgress<PoolProgress>? progress)
{
    private readonly long _begun = Stopwatch.GetTimestamp();
    private long _done;
    private long _failed;
    private int _reporting;

    public int Id { get; } = id;

    /// <summary>The function in serialized form; made once, so that what cannot be sent fails in the call.</summary>
    public Payload Definition { get; } = Serializer.Pack(work);

    /// <summary>The workers that know the function.</summary>
    public HashSet<int> KnownTo { get; } = [];

    /// <summary>Completed when there is something new for the caller.</summary>
    public WaitSlot Changed { get; } = new();

    protected abstract long? Total { get; }

    /// <summary>Writes one input. What it throws fails that task only.</summary>
    public abstract void WriteInput(WireWriter writer, long task);

    /// <summary>The task's value has come.</summary>
    public void OnResult(long task, ref WireReader reader)
    {
        if (reader.Bool())
        {
            OnValue(task, ref reader);
            _done++;
        }
        else
        {
            OnFailed(task, TaskFailure.Read(ref reader));
        }
    }

    public void OnFailed(long task, Exception failure)
    {
        _done++;
        _failed++;
        OnFailure(task, failure);
    }

    /// <summary>Every task is done; <paramref name="broken"/>: and no more will be, for this reason.</summary>
    public abstract void OnFinished(Exception? broken);

    /// <summary>Tells the caller's progress, one call at a time and never on the thread that delivers messages.</summary>
    public void ReportProgress()
    {
        if (progress is not null && Interlocked.Exchange(ref _reporting, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(_ =>
            {
                Volatile.Write(ref _reporting, 0);
                lock (progress)
                {
                    progress.Report(new PoolProgress(Volatile.Read(ref _done), Volatile.Read(ref _failed), Total, Stopwatch.GetElapsedTime(_begun)));
                }
            }, null);
        }
    }

    protected abstract void OnValue(long task, ref WireReader reader);

    protected abstract void OnFailure(long task, Exception failure);
}
