namespace Multiproc.Pool;

/// <summary>What a pool's supervisor is told besides the commands of the scheduling.</summary>
internal abstract record PoolNotice
{
    /// <summary>A worker was not started: the start failed for this reason or, without a reason, none is needed any more.</summary>
    public sealed record NotStarted(string? Reason) : PoolNotice;

    /// <summary>A worker has ended, and everything that it had sent was read.</summary>
    public sealed record Exited(PoolMember Member) : PoolNotice;

    /// <summary>The pool was closed and may have no workers any more.</summary>
    public sealed record Closed : PoolNotice
    {
        public static readonly Closed Instance = new();
    }
}
