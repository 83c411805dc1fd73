namespace Multiproc.Pool;

/// <summary>The messages between a pool and its workers. The numbers are on the wire.</summary>
internal enum PoolMessage : byte
{
    /// <summary>To a worker: a job's number, its <see cref="JobTraits"/>, its trace context, if any, and its function.</summary>
    Define = 1,

    /// <summary>To a worker: job, first task, number of tasks, then each input with its length (4 bytes) before it.</summary>
    Run = 2,

    /// <summary>To a worker: the job has ended.</summary>
    Forget = 3,

    /// <summary>To a worker: leave.</summary>
    Stop = 4,

    /// <summary>From a worker: ready for chunks.</summary>
    Ready = 5,

    /// <summary>From a worker: begins its next chunk. Not sent if <see cref="LastResult"/> already said so.</summary>
    Started = 6,

    /// <summary>From a worker: job and task, then 1 and the value, or 0 and the failure. In the order of the chunk.</summary>
    Result = 7,

    /// <summary>
    /// From a worker: the last result of its chunk. The microseconds that it waited for the chunk and that the chunk took (4 bytes each), whether it begins
    /// its next chunk at once, then the content of <see cref="Result"/>; a chunk that was dropped has no result.
    /// </summary>
    LastResult = 8,

    /// <summary>To a worker: the content of <see cref="Define"/>, then the length of the input of the job's only task, and the input.</summary>
    Apply = 9,

    /// <summary>To a worker, handled at once: return the chunks that have not begun.</summary>
    TakeBack = 10,

    /// <summary>From a worker: the number of chunks that it returns, then job and first task of each.</summary>
    Returned = 11,

    /// <summary>To a worker, handled at once: the job is cancelled.</summary>
    Cancel = 12,

    /// <summary>To a worker, handled at once: end if still working on the job.</summary>
    End = 13,

    /// <summary>From a worker: job and task that it begins; only for jobs with <see cref="JobTraits.Announced"/>.</summary>
    TaskBegins = 14,

    /// <summary>To a worker, handled at once: job and task whose time limit has passed; its token is cancelled.</summary>
    Overdue = 15,

    /// <summary>To a worker, handled at once: job and task; end if the task is still running.</summary>
    EndTask = 16,

    /// <summary>From a worker: it leaves by itself, between two tasks, because it uses too much memory; the number of bytes.</summary>
    Leaving = 17,

    /// <summary>From a worker: the exception of its initializer.</summary>
    StartFailed = 18,

    /// <summary>To a worker on a thread, handled at once: drop everything and leave after the running task.</summary>
    Quit = 19,

    /// <summary>
    /// To a worker: job, first task, number of tasks, whether the inputs are packed (in sequence, as they are in memory), then the inputs as in
    /// <see cref="Run"/>, or packed. Only for jobs whose tasks are not watched one by one.
    /// </summary>
    RunMany = 20,

    /// <summary>
    /// From a worker: job, first task, size of a packed result or 0, then the results of that task and the following ones up to the end of the frame: packed,
    /// or each as in <see cref="Result"/>.
    /// </summary>
    Results = 21,

    /// <summary>To a worker, handled at once: the content of <see cref="Define"/>, of a job whose tasks are run at the same time.</summary>
    DefineConcurrent = 22,

    /// <summary>To a worker, handled at once: job, task, the length of its input (4 bytes) and the input; the task runs beside all others.</summary>
    RunConcurrent = 23,

    /// <summary>To a worker, handled at once: the content of <see cref="Apply"/>; the task runs beside all others.</summary>
    ApplyConcurrent = 24,

    /// <summary>
    /// From a worker: the microseconds that the task took (4 bytes), job, task, whether it has a result, then its content as in <see cref="Result"/>; a task
    /// that was dropped has no result. In any order.
    /// </summary>
    ConcurrentResult = 25,

    /// <summary>From a worker that runs tasks at the same time: it uses too much memory, and should get no more.</summary>
    Grown = 26,
}

/// <summary>What a worker must know about a job besides its function. The numbers are on the wire.</summary>
[Flags]
internal enum JobTraits : byte
{
    None = 0,

    /// <summary>Each task is announced when it begins, because it has a time limit.</summary>
    Announced = 1,

    /// <summary>Each result begins with the microseconds spent on deserializing the input, on the function, and on serializing the result.</summary>
    Measured = 2,

    /// <summary>A trace context precedes the function.</summary>
    Traced = 4,
}
