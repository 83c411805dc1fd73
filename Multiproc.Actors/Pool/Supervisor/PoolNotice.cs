namespace Multiproc.Pool;

/// <summary>What the supervisor tells itself in the turn of its scheduling: after all that was told before, and what that wanted.</summary>
internal abstract record PoolNotice
{
    /// <summary>A worker that was to be started is none: it failed, or the pool was terminated.</summary>
    public sealed record NotStarted : PoolNotice
    {
        public static readonly NotStarted Instance = new();
    }

    /// <summary>A worker has ended, and its tasks were given to others.</summary>
    public sealed record Left(PoolMember Member) : PoolNotice;

    /// <summary>The pool was closed: it may have no worker any more.</summary>
    public sealed record Closed : PoolNotice
    {
        public static readonly Closed Instance = new();
    }
}
