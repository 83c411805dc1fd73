namespace Multiproc.Pool;

/// <summary>The messages between a pool and its workers. The numbers are on the wire.</summary>
internal enum PoolMessage : byte
{
    /// <summary>To a worker: a job's number, its <see cref="JobTraits"/>, its trace context if it has one, and its function.</summary>
    Define = 1,

    /// <summary>To a worker: job, first task, number of tasks, then each input with its length (4 bytes) before it.</summary>
    Run = 2,

    /// <summary>To a worker: the job is over.</summary>
    Forget = 3,

    /// <summary>To a worker: leave.</summary>
    Stop = 4,

    /// <summary>From a worker: ready for chunks.</summary>
    Ready = 5,

    /// <summary>From a worker: begins its next chunk. Not sent when <see cref="LastResult"/> said so.</summary>
    Started = 6,

    /// <summary>From a worker: job, task, 1, value - or 0, failure. In the order of the chunk.</summary>
    Result = 7,

    /// <summary>
    /// From a worker: the last result of its chunk. Microseconds that it waited for the chunk, and that the chunk took (4 bytes each), whether it begins
    /// its next chunk at once, then as <see cref="Result"/>; a chunk that was dropped has no result.
    /// </summary>
    LastResult = 8,

    /// <summary>To a worker: as <see cref="Define"/>, then the input of the job's only task, with its length before it.</summary>
    Apply = 9,

    /// <summary>To a worker, obeyed at once: give back the chunks that are not begun.</summary>
    TakeBack = 10,

    /// <summary>From a worker: how many chunks it gives back, then job and first task of each.</summary>
    Returned = 11,

    /// <summary>To a worker, obeyed at once: the job is cancelled.</summary>
    Cancel = 12,

    /// <summary>To a worker, obeyed at once: end if still at work on the job.</summary>
    End = 13,

    /// <summary>From a worker: job and task that it begins; only of jobs with <see cref="JobTraits.Announced"/>.</summary>
    TaskBegins = 14,

    /// <summary>To a worker, obeyed at once: job and task whose time is over; its token is cancelled.</summary>
    Overdue = 15,

    /// <summary>To a worker, obeyed at once: job and task; end if it still runs.</summary>
    EndTask = 16,

    /// <summary>From a worker: it leaves of its own, between two tasks, since it has grown too large; its bytes.</summary>
    Leaving = 17,

    /// <summary>From a worker: its initializer failed, as a failure.</summary>
    StartFailed = 18,

    /// <summary>To a worker that is a thread, obeyed at once: drop everything and leave after the task that runs.</summary>
    Quit = 19,

    /// <summary>
    /// To a worker: job, first task, number of tasks, whether the inputs are packed (one behind the other as they lie in memory), then the inputs as in
    /// <see cref="Run"/>, or packed. Of a job whose tasks are not watched one by one.
    /// </summary>
    RunMany = 20,

    /// <summary>
    /// From a worker: job, first task, size of a packed result or 0, then the results of that task and those behind it up to the end of the frame: packed, or
    /// each as in <see cref="Result"/>.
    /// </summary>
    Results = 21,
}

/// <summary>What a worker must know of a job beside its function. The numbers are on the wire.</summary>
[Flags]
internal enum JobTraits : byte
{
    None = 0,

    /// <summary>Each task is announced when it begins: it has a time limit.</summary>
    Announced = 1,

    /// <summary>Each result says first how many microseconds went into reading the input, the function, and writing the result.</summary>
    Measured = 2,

    /// <summary>A trace context stands before the function.</summary>
    Traced = 4,
}
