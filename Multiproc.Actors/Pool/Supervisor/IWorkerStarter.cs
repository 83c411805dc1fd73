namespace Multiproc.Pool;

/// <summary>Starts the workers of a pool: as children of this process, or on nodes.</summary>
internal interface IWorkerStarter : IDisposable
{
    /// <summary>How many workers in a row may end before they are ready, until the scheduling gives up the pool.</summary>
    int StartAttempts { get; }

    /// <summary>How many places there are that have the pool's number of workers each: one for a pool of this process, else the nodes that it uses.</summary>
    int Places { get; }

    /// <summary>How the nodes that the pool uses are doing; empty for a pool of this process.</summary>
    IReadOnlyList<NodeInsight> Nodes { get; }

    /// <summary>Starts the first workers.</summary>
    /// <exception cref="MultiprocException">A worker could not be started.</exception>
    void Begin();

    /// <summary>
    /// Starts a worker that the roster expects already, on another thread, since a start takes its time. The supervisor is told when none could be started, or
    /// none is needed.
    /// </summary>
    void StartLater();

    /// <summary>Changes the number of workers, by <paramref name="by"/>.</summary>
    void Resize(int by);

    /// <summary>Ends what keeps the pool supplied with workers: it is terminated, or all of its workers have left.</summary>
    void End();
}
