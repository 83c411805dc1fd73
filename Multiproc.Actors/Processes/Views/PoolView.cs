namespace Multiproc.Processes.Views;

/// <summary>A pool of a program.</summary>
internal sealed record PoolView
{
    /// <summary>The largest number of calls that a pool reports; the oldest ones are chosen.</summary>
    public const int MostCalls = 8;

    /// <summary>The process that the pool belongs to.</summary>
    public required int Pid { get; init; }

    /// <summary>Its number in that process, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>The name that it has in a host, or "Pool 1".</summary>
    public required string Name { get; init; }

    /// <summary>"running", "closed", "terminated" or "broken".</summary>
    public required string State { get; init; }

    /// <summary>Why no task will run again; null while the pool works.</summary>
    public string? Problem { get; init; }

    /// <summary>The number of completed tasks, failed ones included.</summary>
    public long Done { get; init; }

    public long Failed { get; init; }

    /// <summary>How many times a task was run again after its worker died.</summary>
    public long Retried { get; init; }

    /// <summary>The number of workers that ended unexpectedly.</summary>
    public long Died { get; init; }

    public IReadOnlyList<WorkerView> Workers { get; init; } = [];

    /// <summary>The calls in progress, the oldest first.</summary>
    public IReadOnlyList<CallView> Calls { get; init; } = [];

    /// <summary>The number of calls in progress that are not in <see cref="Calls"/>.</summary>
    public int CallsLeftOut { get; init; }

    /// <summary>The slowest tasks, the slowest first.</summary>
    public IReadOnlyList<SlowTaskView> SlowTasks { get; init; } = [];

    /// <summary>The last deaths of workers, the latest first.</summary>
    public IReadOnlyList<DeathView> Deaths { get; init; } = [];

    public IReadOnlyList<string> Advice { get; init; } = [];
}

/// <summary>A worker of a pool.</summary>
/// <param name="Pid">Its process id.</param>
/// <param name="Name">Its name, such as "PoolWorker-3".</param>
/// <param name="Node">The node on which it runs, as "host:port"; empty for a child of the program.</param>
/// <param name="Tasks">The number of its completed tasks.</param>
/// <param name="WorkedSeconds">The time that it spent in functions.</param>
/// <param name="WaitedSeconds">The time that it waited for work.</param>
internal sealed record WorkerView(int Pid, string Name, string Node, long Tasks, double WorkedSeconds, double WaitedSeconds);

/// <summary>A call of a pool in progress.</summary>
/// <param name="Number">Its number in the pool.</param>
/// <param name="Kind">"map", "imap" or "apply".</param>
/// <param name="Done">The number of completed tasks, failed ones included.</param>
/// <param name="Failed">The number of failed tasks.</param>
/// <param name="Total">The number of all tasks; null while the end of the input is not known.</param>
/// <param name="Seconds">The time since it began.</param>
internal sealed record CallView(int Number, string Kind, long Done, long Failed, long? Total, double Seconds);

/// <summary>A slow task.</summary>
internal sealed record SlowTaskView(long Index, string Argument, double Seconds);

/// <summary>The unexpected end of a worker.</summary>
/// <param name="Time">When it was noticed, in milliseconds since 1970.</param>
/// <param name="Pid">The process id of the worker.</param>
/// <param name="Name">The name of the worker.</param>
/// <param name="Node">The node on which it ran; empty for a child of the program.</param>
/// <param name="Ending">How it ended, such as "signal 9 (SIGKILL)".</param>
/// <param name="Task">The index of the task that was lost; null if it ran none.</param>
/// <param name="OutOfMemory">Whether it ended for lack of memory.</param>
/// <param name="LastWords">The last lines that it wrote to stderr.</param>
internal sealed record DeathView(long Time, int Pid, string Name, string Node, string Ending, long? Task, bool OutOfMemory, string LastWords);
