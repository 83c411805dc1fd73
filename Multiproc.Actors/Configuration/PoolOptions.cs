namespace Multiproc;

/// <summary>The settings of a pool. Every value has a default that suits most programs.</summary>
public sealed record PoolOptions
{
    /// <summary>
    /// How often in a row a worker may die before it is ready, until the pool gives up and fails its jobs. From 1; default 3. More hides passing
    /// troubles of the machine, fewer shows a broken program sooner.
    /// </summary>
    public int StartAttempts { get; init; } = 3;

    /// <summary>
    /// How many tasks of an Imap may be given out and not yet taken by the caller. From 1; default 1024. More keeps workers busy with a slow caller,
    /// fewer takes less memory.
    /// </summary>
    public int MaxInFlight { get; init; } = 1024;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(StartAttempts);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxInFlight);
    }
}
