using System.Threading.RateLimiting;
using Multiproc.States;

namespace Multiproc.Objects.RateLimiters;

/// <summary>A shared rate limiter as one of .NET.</summary>
internal sealed class NetRateLimiter(SharedRateLimiter shared) : RateLimiter
{
    private volatile bool _disposed;

    /// <summary>Unknown: other processes may use it.</summary>
    public override TimeSpan? IdleDuration => null;

    public override RateLimiterStatistics GetStatistics() => shared.GetStatistics();

    protected override RateLimitLease AttemptAcquireCore(int permitCount)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return new Lease(shared.Request(permitCount, TimeSpan.Zero, default));
    }

    protected override async ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return new Lease(await shared.RequestAsync(permitCount, null, cancellationToken).ConfigureAwait(false));
    }

    protected override void Dispose(bool disposing) => _disposed = true;

    /// <summary>Whether permits were acquired. They are used up: disposing gives nothing back.</summary>
    private sealed class Lease(Reply reply) : RateLimitLease
    {
        public override bool IsAcquired => reply.Status == ReplyStatus.Ok;

        public override IEnumerable<string> MetadataNames => HasRetryAfter ? [MetadataName.RetryAfter.Name] : [];

        private bool HasRetryAfter => !IsAcquired && reply.Number > 0;

        public override bool TryGetMetadata(string metadataName, out object? metadata)
        {
            bool has = HasRetryAfter && metadataName == MetadataName.RetryAfter.Name;
            metadata = has ? TimeSpan.FromTicks(reply.Number) : null;
            return has;
        }
    }
}
