namespace Multiproc.Cluster.Pools;

/// <summary>
/// The messages between a pool and the agent of a node. Each has this kind, the number of a worker (0 if it is about none), and a body with its length; a
/// frame of the link has one or several. The numbers are on the wire.
/// </summary>
internal enum LineMessage : byte
{
    /// <summary>To the agent, the first: a <see cref="PoolGreeting"/>.</summary>
    Greeting = 1,

    /// <summary>From the agent: the pool may use this node.</summary>
    Welcome = 2,

    /// <summary>From the agent: the pool may not use this node, and why.</summary>
    Refused = 3,

    /// <summary>To the agent: to be answered at once.</summary>
    Ping = 4,

    /// <summary>From the agent: the answer.</summary>
    Pong = 5,

    /// <summary>To the agent: a <see cref="WorkerOrder"/>.</summary>
    Start = 6,

    /// <summary>From the agent: the worker's process id.</summary>
    Started = 7,

    /// <summary>From the agent: the worker could not be started; whether that may pass, and why.</summary>
    NotStarted = 8,

    /// <summary>To the agent: a message for a worker, in parts (see <see cref="ContentPart"/>).</summary>
    ToWorker = 9,

    /// <summary>From the agent: a message of a worker.</summary>
    FromWorker = 10,

    /// <summary>To the agent: kill the worker.</summary>
    Kill = 11,

    /// <summary>To the agent: the worker was asked to end by itself.</summary>
    ExpectEnd = 12,

    /// <summary>From the agent: a <see cref="WorkerEnd"/>, after everything that the worker sent.</summary>
    Exited = 13,

    /// <summary>From the agent: the node is about to leave, and takes no more work.</summary>
    Leaving = 14,

    /// <summary>From the agent: it needs the program's files: those whose hashes it does not have, by their places in the greeting.</summary>
    WantsFiles = 15,

    /// <summary>To the agent: a part of a file, by its place in the greeting.</summary>
    FilePart = 16,
}
