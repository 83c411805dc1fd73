namespace Multiproc.Pool;

/// <summary>The settings of a call, combined from its own options and those of its pool.</summary>
internal readonly record struct CallSettings(
    WaitTimeout Timeout, int Retries, bool Measured, IProgress<PoolProgress>? Progress, string? Trace, System.Diagnostics.Activity? Span)
{
    /// <summary>How many of its tasks a worker runs at the same time; 0 if it runs them in chunks.</summary>
    public int AtOnce { get; init; }

    public JobTraits Traits =>
        (
            Timeout.IsInfinite ? JobTraits.None : JobTraits.Announced) | (Measured ? JobTraits.Measured : JobTraits.None) | (
                Trace is null ? JobTraits.None : JobTraits.Traced);
}
