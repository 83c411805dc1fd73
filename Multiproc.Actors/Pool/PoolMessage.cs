namespace Multiproc.Pool;

/// <summary>The messages between a pool and its workers. The numbers are on the wire.</summary>
internal enum PoolMessage : byte
{
    /// <summary>To a worker: a job's number and its function.</summary>
    Define = 1,

    /// <summary>To a worker: job, first task, number of tasks, then each input with its length (4 bytes) before it.</summary>
    Run = 2,

    /// <summary>To a worker: the job is over.</summary>
    Forget = 3,

    /// <summary>To a worker: leave.</summary>
    Stop = 4,

    /// <summary>From a worker: ready for chunks.</summary>
    Ready = 5,

    /// <summary>From a worker: begins its next chunk.</summary>
    Started = 6,

    /// <summary>From a worker: job, task, 1, value - or 0, failure. In the order of the chunk.</summary>
    Result = 7,

    /// <summary>From a worker: the chunk is done; its job, and microseconds that it took.</summary>
    ChunkDone = 8,
}
