namespace Multiproc.Pool;

/// <summary>Messages of the supervisor to itself, queued behind earlier commands and their effects.</summary>
internal abstract record PoolNotice
{
    /// <summary>A worker was not started: the start failed, or the pool was terminated.</summary>
    public sealed record NotStarted : PoolNotice
    {
        public static readonly NotStarted Instance = new();
    }

    /// <summary>A worker has ended, and its tasks were given to other workers.</summary>
    public sealed record Left(PoolMember Member) : PoolNotice;

    /// <summary>The pool was closed and may have no workers any more.</summary>
    public sealed record Closed : PoolNotice
    {
        public static readonly Closed Instance = new();
    }
}
