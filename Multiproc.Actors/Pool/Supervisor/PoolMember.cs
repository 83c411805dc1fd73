using System.Collections.Concurrent;
using System.Diagnostics;
using Multiproc.Processes;
using Multiproc.Serialization;
using Multiproc.Transport;

namespace Multiproc.Pool;

/// <summary>A worker in its pool: the process, and its progress in its oldest chunk. Written by the thread that delivers messages.</summary>
internal sealed class PoolMember(int id, WorkerProcess process, bool onThread, int? affinitySet = null)
{
    private const int SmallMessage = 32;

    private readonly long _begun = Stopwatch.GetTimestamp();

    public int Id { get; } = id;

    public WorkerProcess Process { get; } = process;

    public IWorkerLine? Line { get; set; }

    /// <summary>Whether it has begun its oldest chunk.</summary>
    public bool Started { get; set; }

    public int TasksDone { get; set; }

    /// <summary>The completed chunks that have not been reported to the scheduling yet, and the microseconds that they took.</summary>
    public (int Count, long Took) Untold { get; set; }

    /// <summary>Whether it was sent a frame and its doorbell is still to be rung, once for all frames of this step.</summary>
    public bool IsToBeRung { get; set; }

    /// <summary>Whether it was told to leave or said that it leaves, so that its end is not a death.</summary>
    public volatile bool Leaves;

    /// <summary>The task with a time limit that it is running; null if there is none.</summary>
    public TimedTask? Timed
    {
        get => Volatile.Read(ref _timed);
        set => Volatile.Write(ref _timed, value);
    }

    /// <summary>The tasks with a time limit that it is running at the same time; null before the first one.</summary>
    public ConcurrentDictionary<(int Job, long Task), TimedTask>? TimedBeside
    {
        get => Volatile.Read(ref _timedBeside);
        private set => Volatile.Write(ref _timedBeside, value);
    }

    /// <summary>How many chunks of jobs with a time limit it has, and tasks that it runs at the same time.</summary>
    public int TimedChunks;

    /// <summary>When it was seen to be stopped by a signal before it had begun its chunks; 0 otherwise. Written only by the check of limits.</summary>
    public long StoppedSince;

    /// <summary>The exception of its initializer.</summary>
    public Exception? StartFailure { get; set; }

    /// <summary>The task that was lost by its death.</summary>
    public long? LostTask { get; set; }

    /// <summary>How long a message takes to the worker's node and back; zero for a child of this process.</summary>
    public TimeSpan RoundTrip { get; init; }

    public MemberTimes Times { get; } = new();

    /// <summary>The index of the set of processors that it runs on.</summary>
    public int? AffinitySet => affinitySet;

    public volatile bool HasEnded;

    /// <summary>Its memory at the last check; 0 if it was not checked.</summary>
    public long Memory;

    /// <summary>Whether it was killed for exceeding its memory limit.</summary>
    public volatile bool IsOverMemory;

    private TimedTask? _timed;
    private ConcurrentDictionary<(int Job, long Task), TimedTask>? _timedBeside;
    private MemoryAtDeath? _memoryAtDeath;

    /// <summary>A task with a time limit begins. Only the thread that delivers messages calls it.</summary>
    public void Begins(PoolJob job, long task)
    {
        var timed = new TimedTask(job, task);
        if (job.Settings.AtOnce == 0)
        {
            Timed = timed;
        }
        else
        {
            (TimedBeside ??= [])[(job.Id, task)] = timed;
        }
    }

    /// <summary>Gets the tasks because of which it was ended, since their time was over.</summary>
    public IEnumerable<TimedTask> EndedFor =>
        (TimedBeside?.Values ?? []).Concat(Timed is { } timed ? [timed] : []).Where(static timed => timed.IsEnded);

    /// <summary>Ends the worker immediately, whatever it is doing. A worker on a thread can only be asked to leave after its task.</summary>
    public void End()
    {
        if (!onThread)
        {
            Process.Kill();
            return;
        }

        using var handler = Reactor.EnterHandler();
        Tell(PoolMessage.Quit, 0, null, Wake.Always);
    }

    /// <summary>Sends a message to the worker, from any thread. A worker that is gone gets none: its end is noticed in another way.</summary>
    public void Tell(PoolMessage message, int job, long? task, Wake wake)
    {
        try
        {
            if (Line is { IsLost: false } line)
            {
                var writer = new WireWriter(SmallMessage);
                line.Begin(writer);
                writer.Byte((byte)message);
                writer.VarUInt((uint)job);
                if (task is { } place)
                {
                    writer.VarUInt((ulong)place);
                }

                line.Send(writer, wake);
            }
        }
        catch (ConnectionLostException)
        {
            // The worker is gone, which is all that these messages could cause.
        }
    }

    /// <summary>Whether it has said that it is ready for chunks.</summary>
    public volatile bool IsReady;

    public void OnReady()
    {
        Times.Start = Stopwatch.GetElapsedTime(_begun);
        IsReady = true;
    }

    /// <summary>Gets what is known about its memory, after its end.</summary>
    public MemoryAtDeath MemoryAtDeath(long limit) => _memoryAtDeath ??= Process.ReportedMemory ?? Pool.MemoryAtDeath.Of(this, limit);

    public string Ending() => Process.LostWith ?? $"{Process.Name} (pid {Process.Pid}) ended with {new ExitStatus(Process.Exited.Result)}. "
        + (
            StartFailure is { } failure
                ? $"Its initializer failed: {failure.GetType().Name}: {SentFailure.MessageOf(failure)}"
                : Process.StderrTail()).TrimEnd();
}

/// <summary>A task with a time limit, from its start in the worker.</summary>
internal sealed class TimedTask(PoolJob job, long task)
{
    private readonly long _begun = Stopwatch.GetTimestamp();

    public PoolJob Job { get; } = job;

    public long Task { get; } = task;

    public bool IsTold { get; set; }

    public bool IsEnded { get; set; }

    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_begun);
}
