using System.Diagnostics;
using Multiproc.Pool.Workers;
using Multiproc.Processes;
using Multiproc.Serialization;

namespace Multiproc.Pool;

/// <summary>A job in the process of its caller. Results arrive on the thread that delivers messages.</summary>
internal abstract class PoolJob(int id, CallSettings settings)
{
    private const string Gone = "(gone)";
    private const int NoReport = 0;
    private const int OneReport = 1;
    private const int OneMoreReport = 2;

    private readonly long _begun = Stopwatch.GetTimestamp();
    private long _done;
    private long _failed;
    private long _retried;
    private int _reports;

    public int Id { get; } = id;

    public CallSettings Settings => settings;

    /// <summary>The method of the pool, in one word.</summary>
    public abstract string Kind { get; }

    /// <summary>The workers that have received the function; null if it is sent with the task.</summary>
    public virtual HashSet<int>? KnownTo => null;

    public abstract bool TakesToken { get; }

    /// <summary>The size of its largest chunk, in bytes.</summary>
    public int LargestFrame { get; set; }

    protected abstract long? Total { get; }

    /// <summary>How far it is; any thread may read it.</summary>
    public PoolProgress Progress => new(
        Volatile.Read(ref _done), Volatile.Read(ref _failed), Total, Stopwatch.GetElapsedTime(_begun), Volatile.Read(ref _retried));

    /// <summary>Gets an input in order to describe it; false if it is not kept any more.</summary>
    protected abstract bool InputOf(long task, out object? input);

    /// <summary>Writes the definition that <see cref="WorkerJob.Read"/> reads. A function that cannot be sent fails the job's tasks.</summary>
    public void WriteDefinition(WireWriter writer)
    {
        writer.Byte((byte)settings.Traits);
        if (settings.Trace is { } trace)
        {
            writer.String(trace);
        }

        int length = writer.Length;
        writer.Int32(0);
        int before = writer.Total;
        try
        {
            WriteWork(writer);
            writer.PatchInt32(length, writer.Total - before);
            writer.NoteValue(length + sizeof(int));
        }
        catch (Exception unsendable)
        {
            WriteFault(writer, length, unsendable, "the function could not be read");
        }
    }

    /// <summary>Writes one input with its length, at most <paramref name="largest"/>. An input that cannot be written fails only its task.</summary>
    public void WriteInput(WireWriter writer, long task, int largest)
    {
        int length = writer.Length;
        writer.Int32(0);
        int before = writer.Total;
        try
        {
            WriteInputValue(writer, task);
            int size = writer.Total - before;
            if (size > largest)
            {
                throw new SerializationException(
                    $"An argument of a task would have {size} bytes, and one that goes to a worker of another node can have {largest}: nothing was sent. Put "
                    + "the data where all nodes reach it, such as a file or an object of the cluster, and send its name.");
            }

            writer.PatchInt32(length, size);
            writer.NoteValue(length + sizeof(int));
        }
        catch (Exception unsendable)
        {
            WriteFault(writer, length, unsendable, "an input could not be read");
        }
    }

    /// <summary>Whether tasks are watched one by one, for a time limit or for cancellation.</summary>
    public bool IsWatched => settings.Traits != JobTraits.None || TakesToken;

    /// <summary>Writes whether the inputs are packed, then the inputs of several tasks.</summary>
    public virtual void WriteInputs(WireWriter writer, long first, int count, int largest)
    {
        writer.Bool(false);
        for (int i = 0; i < count; i++)
        {
            WriteInput(writer, first + i, largest);
        }
    }

    /// <summary>Receives values that were sent as they are in memory, and returns their number.</summary>
    /// <exception cref="SerializationException">The values do not fit this job.</exception>
    public int OnPacked(long first, int size, ReadOnlySpan<byte> values)
    {
        int count = OnPackedValues(first, size, values);
        _done += count;
        return count;
    }

    /// <summary>Receives the value of a task.</summary>
    public void OnResult(long task, ref WireReader reader)
    {
        if (!reader.Bool())
        {
            OnFailed(task, TaskFailure.Read(ref reader));
            return;
        }

        try
        {
            OnValue(task, ref reader);
        }
        catch (Exception unreadable)
        {
            // Deserialization runs code of the program (reducers, comparers, constructors). Its exception is the failure of the task.
            OnFailed(task, unreadable);
            return;
        }

        _done++;
    }

    public void OnFailed(long task, Exception failure)
    {
        _done++;
        _failed++;
        PoolMetrics.Count(PoolMetrics.TasksFailed, 1);

        OnFailure(task, failure);
    }

    public void OnRetried()
    {
        _retried++;
        PoolMetrics.Count(PoolMetrics.TasksRetried, 1);
    }

    /// <summary>Ends the job: all tasks are done or, with <paramref name="broken"/>, no more will be, for that reason.</summary>
    public void Finish(Exception? broken)
    {
        OnFinished(broken);
        if (settings.Span is { } span)
        {
            span.SetTag("multiproc.tasks", _done).SetTag("multiproc.tasks.failed", _failed);
            span.SetStatus(_failed > 0 || broken is not null ? ActivityStatusCode.Error : ActivityStatusCode.Unset);
            PoolTracing.End(span);
        }
    }

    /// <summary>Describes an input, for messages.</summary>
    public string Describe(long task) => InputOf(task, out object? input) ? TaskSummary.Of(input) : Gone;

    /// <summary>Describes an input, for messages, without blocking the calling thread.</summary>
    public Task<string> DescribeLater(long task) => InputOf(task, out object? input) ? TaskSummary.OfLater(input) : Task.FromResult(Gone);

    /// <summary>
    /// Reports progress to the caller, one report at a time and never on the thread that delivers messages. Requests made while a report runs are merged into
    /// one that follows it. So a handler that does not return costs one thread, and nothing waits for it.
    /// </summary>
    public void ReportProgress()
    {
        if (settings.Progress is not null && Interlocked.Exchange(ref _reports, OneMoreReport) == NoReport)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static job => job.Report(), this, preferLocal: false);
        }
    }

    private void Report()
    {
        do
        {
            Volatile.Write(ref _reports, OneReport);
            UserCode.Run("A progress handler of a pool", () => settings.Progress!.Report(Progress));
        }
        while (Interlocked.CompareExchange(ref _reports, NoReport, OneReport) != OneReport);
    }

    private static void WriteFault(WireWriter writer, int length, Exception unsendable, string what)
    {
        // Not only serialization errors: a collection of the caller may throw while it is read.
        writer.Truncate(length + sizeof(int));
        writer.PatchInt32(length, WorkerJob.UnsendableInput);
        writer.String(unsendable is SerializationException ? unsendable.Message : $"{what}: {unsendable.GetType()}: {SentFailure.MessageOf(unsendable)}");
    }

    protected abstract void WriteWork(WireWriter writer);

    protected abstract void WriteInputValue(WireWriter writer, long task);

    protected abstract void OnValue(long task, ref WireReader reader);

    protected abstract int OnPackedValues(long first, int size, ReadOnlySpan<byte> values);

    protected abstract void OnFailure(long task, Exception failure);

    protected abstract void OnFinished(Exception? broken);
}
