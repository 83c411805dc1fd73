using System.Diagnostics;
using Multiproc.Pool.Workers;
using Multiproc.Processes;
using Multiproc.Serialization;

namespace Multiproc.Pool;

/// <summary>A job in the process that wants its results, which come on the thread that delivers messages.</summary>
internal abstract class PoolJob(int id, CallSettings settings)
{
    private const string Gone = "(gone)";
    private const int NoReport = 0;
    private const int OneReport = 1;
    private const int OneMoreReport = 2;

    private readonly long _begun = settings.Progress is null ? 0 : Stopwatch.GetTimestamp();
    private long _done;
    private long _failed;
    private long _retried;
    private int _reports;

    public int Id { get; } = id;

    public CallSettings Settings => settings;

    /// <summary>The workers that know the function; null when it is sent with the task.</summary>
    public virtual HashSet<int>? KnownTo => null;

    public abstract bool TakesToken { get; }

    /// <summary>The bytes of its largest chunk.</summary>
    public int LargestFrame { get; set; }

    protected abstract long? Total { get; }

    /// <summary>An input for its description; false when it is not kept any more.</summary>
    protected abstract bool InputOf(long task, out object? input);

    /// <summary>Writes what <see cref="WorkerJob.Read"/> reads. What cannot be sent fails the job's tasks.</summary>
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
        }
        catch (Exception unsendable)
        {
            WriteFault(writer, length, unsendable, "the function could not be read");
        }
    }

    /// <summary>Writes one input with its length. What it throws fails that task only.</summary>
    public void WriteInput(WireWriter writer, long task)
    {
        int length = writer.Length;
        writer.Int32(0);
        int before = writer.Total;
        try
        {
            WriteInputValue(writer, task);
            writer.PatchInt32(length, writer.Total - before);
        }
        catch (Exception unsendable)
        {
            WriteFault(writer, length, unsendable, "an input could not be read");
        }
    }

    /// <summary>Whether tasks are watched one by one: for their time, or to be told to end.</summary>
    public bool IsWatched => settings.Traits != JobTraits.None || TakesToken;

    /// <summary>Writes whether the inputs are packed, then the inputs of several tasks.</summary>
    public virtual void WriteInputs(WireWriter writer, long first, int count)
    {
        writer.Bool(false);
        for (int i = 0; i < count; i++)
        {
            WriteInput(writer, first + i);
        }
    }

    /// <summary>Values have come as they lie in memory; says how many.</summary>
    /// <exception cref="SerializationException">They are no values of this job.</exception>
    public int OnPacked(long first, int size, ReadOnlySpan<byte> values)
    {
        int count = OnPackedValues(first, size, values);
        _done += count;
        return count;
    }

    /// <summary>The task's value has come.</summary>
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
            // Code of the program runs while a value is made: its reducers, comparers, constructors. What it throws is that task's failure.
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

    /// <summary>Every task is done; <paramref name="broken"/>: and no more will be, for this reason.</summary>
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

    /// <summary>What an input was, for messages.</summary>
    public string Describe(long task) => InputOf(task, out object? input) ? TaskSummary.Of(input) : Gone;

    /// <summary>The same for a thread that must not wait.</summary>
    public Task<string> DescribeLater(long task) => InputOf(task, out object? input) ? TaskSummary.OfLater(input) : Task.FromResult(Gone);

    /// <summary>
    /// Tells the caller's progress, one report at a time and never on the thread that delivers messages. However many are wanted while one runs, one more follows
    /// it: a handler that does not return costs one thread, and nobody waits for it.
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
            UserCode.Run("A progress handler of a pool", () => settings.Progress!.Report(new PoolProgress(
                Volatile.Read(ref _done), Volatile.Read(ref _failed), Total, Stopwatch.GetElapsedTime(_begun), Volatile.Read(ref _retried))));
        }
        while (Interlocked.CompareExchange(ref _reports, NoReport, OneReport) != OneReport);
    }

    private static void WriteFault(WireWriter writer, int length, Exception unsendable, string what)
    {
        // Not only what cannot be sent: a collection of the caller's may throw while it is read.
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
