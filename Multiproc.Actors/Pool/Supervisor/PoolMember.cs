using System.Diagnostics;
using Multiproc.Peers;
using Multiproc.Processes;
using Multiproc.Serialization;

namespace Multiproc.Pool;

/// <summary>A worker as its pool sees it: the process, and how far it is in its oldest chunk. Written by the thread that delivers messages.</summary>
internal sealed class PoolMember(int id, ChildProcess process, bool onThread, int? affinitySet = null)
{
    private readonly long _begun = Stopwatch.GetTimestamp();

    public int Id { get; } = id;

    public ChildProcess Process { get; } = process;

    public Peer? Peer { get; set; }

    /// <summary>Whether it has begun its oldest chunk, and how many tasks of it are done.</summary>
    public bool Started { get; set; }

    public int TasksDone { get; set; }

    /// <summary>Chunks that it has done and the scheduling has not been told of, and the microseconds that they took.</summary>
    public (int Count, long Took) Untold { get; set; }

    /// <summary>It was sent something, and will be rung when all that is sent with it is there.</summary>
    public bool IsToBeRung { get; set; }

    /// <summary>It was told to go, or said that it goes: its end is no death.</summary>
    public volatile bool Leaves;

    /// <summary>The task with a time limit that it runs.</summary>
    public TimedTask? Timed
    {
        get => Volatile.Read(ref _timed);
        set => Volatile.Write(ref _timed, value);
    }

    /// <summary>How many chunks of jobs with a time limit it has in hand.</summary>
    public int TimedInHand;

    /// <summary>When it was seen to be stopped by a signal, before it had begun what it has in hand; 0 while it was not. Written by the looks at limits only.</summary>
    public long StoppedSince;

    /// <summary>What its initializer threw.</summary>
    public Exception? StartFailure { get; set; }

    /// <summary>The task that died with it.</summary>
    public long? LostTask { get; set; }

    public MemberTimes Times { get; } = new();

    /// <summary>Which of the sets of processors it runs on.</summary>
    public int? AffinitySet => affinitySet;

    public volatile bool HasEnded;

    /// <summary>Its memory when it was looked at last; 0 when nobody did.</summary>
    public long Memory;

    /// <summary>It was killed because it used more than it may.</summary>
    public volatile bool IsOverMemory;

    private TimedTask? _timed;
    private MemoryAtDeath? _memoryAtDeath;

    /// <summary>Ends it at once, whatever it does. A thread can only be asked to leave after its task.</summary>
    public void End()
    {
        if (!onThread)
        {
            Process.Kill();
            return;
        }

        using var handler = Transport.Reactor.EnterHandler();
        PoolSupervisor.TellMember(this, PoolMessage.Quit, 0, null, Transport.Wake.Always);
    }

    public void OnReady() => Times.Start = Stopwatch.GetElapsedTime(_begun);

    /// <summary>What is known of its memory, after its end.</summary>
    public MemoryAtDeath MemoryAtDeath(long limit) => _memoryAtDeath ??= Pool.MemoryAtDeath.Of(this, limit);

    public string Ending() => $"{Process.Name} (pid {Process.Pid}) ended with {new ExitStatus(Process.Exited.Result)}. "
        + (StartFailure is { } failure ? $"Its initializer failed: {failure.GetType().Name}: {SentFailure.MessageOf(failure)}" : Process.StderrTail()).TrimEnd();
}

/// <summary>A task with a time limit, from its beginning in the worker.</summary>
internal sealed class TimedTask(PoolJob job, long task)
{
    private readonly long _begun = Stopwatch.GetTimestamp();

    public PoolJob Job { get; } = job;

    public long Task { get; } = task;

    public bool IsTold { get; set; }

    public bool IsEnded { get; set; }

    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_begun);
}
