namespace Multiproc.Pool;

/// <summary>The parameters with which a pool's workers are started.</summary>
internal sealed record PoolPlan(
    StartMethod Method, int Workers, PoolOptions Options, Action? Initializer = null, Action? Finalizer = null, int? MaxTasksPerChild = null)
{
    public bool OnThreads => Method == StartMethod.InProcess;

    /// <summary>Where the workers are, in words that follow their number; empty for this machine.</summary>
    public string Where { get; init; } = "";
}
