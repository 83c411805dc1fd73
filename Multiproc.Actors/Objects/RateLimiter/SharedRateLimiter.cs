using System.Diagnostics;
using System.Threading.RateLimiting;
using Multiproc.Objects.RateLimiters;
using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc;

/// <summary>
/// A rate limit for all processes together: a bucket of permits that is replenished at a fixed rate, with the rules of <see cref="TokenBucketRateLimiter"/>.
/// An acquired permit is used up; it is not released, and does not come back when its process dies.
/// </summary>
/// <example>
/// <code>
/// using var limit = Mp.RateLimiter(new SharedRateLimiterOptions { TokenLimit = 20, TokensPerPeriod = 100 });
/// using var pool = Mp.Pool();
/// pool.Map(page =&gt; limit.Acquire() ? Download(page) : null, pages);   // 100 a second, in whichever worker
/// </code>
/// </example>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class SharedRateLimiter : SharedObject, ISelfCoded<SharedRateLimiter>
{
    internal SharedRateLimiter(ObjectHandle handle, int tokenLimit)
        : base(handle) => TokenLimit = tokenLimit;

    /// <summary>The most permits that there can be at a time, and that one call can ask for.</summary>
    public int TokenLimit { get; }

    private protected override string Kind => nameof(SharedRateLimiter);

    /// <summary>Acquires permits, waiting up to <paramref name="timeout"/> for them. Callers are served in the order of the limiter's options.</summary>
    /// <param name="permits">The number of permits; default 1. Zero asks whether there is one, and takes none.</param>
    /// <param name="timeout">How long to wait; null (the default) waits forever, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>
    /// True when the permits were acquired. False when they did not come within <paramref name="timeout"/>, or at once when
    /// <see cref="SharedRateLimiterOptions.QueueLimit"/> lets nobody else wait.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="permits"/> is negative, or more than <see cref="TokenLimit"/>.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the limiter has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The limiter was disposed, in this process or in its node.</exception>
    public bool Acquire(int permits = 1, TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        Request(permits, timeout, cancellation).Status == ReplyStatus.Ok;

    /// <summary>Acquires permits, asynchronously waiting up to <paramref name="timeout"/> for them.</summary>
    /// <param name="permits">The number of permits; default 1. Zero asks whether there is one, and takes none.</param>
    /// <param name="timeout">How long to wait; null (the default) waits forever, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>
    /// True when the permits were acquired. False when they did not come within <paramref name="timeout"/>, or at once when
    /// <see cref="SharedRateLimiterOptions.QueueLimit"/> lets nobody else wait.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="permits"/> is negative, or more than <see cref="TokenLimit"/>.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the limiter has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The limiter was disposed, in this process or in its node.</exception>
    public async ValueTask<bool> AcquireAsync(int permits = 1, TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        (await RequestAsync(permits, timeout, cancellation).ConfigureAwait(false)).Status == ReplyStatus.Ok;

    /// <summary>Acquires permits if they are there, waiting for them only if a timeout is given.</summary>
    /// <param name="permits">The number of permits; default 1.</param>
    /// <param name="timeout">How long to wait; zero (the default) does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>True when the permits were acquired.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="permits"/> is negative, or more than <see cref="TokenLimit"/>.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the limiter has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The limiter was disposed, in this process or in its node.</exception>
    public bool TryAcquire(int permits = 1, TimeSpan timeout = default, CancellationToken cancellation = default) => Acquire(permits, timeout, cancellation);

    /// <summary>Acquires permits if they are there; says when to try again if not.</summary>
    /// <param name="permits">The number of permits.</param>
    /// <param name="retryAfter">
    /// How long it takes until the permits could be there, if everybody who waits is served first; zero when they were acquired, or never come.
    /// </param>
    /// <returns>True when the permits were acquired.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="permits"/> is negative, or more than <see cref="TokenLimit"/>.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the limiter has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The limiter was disposed, in this process or in its node.</exception>
    public bool TryAcquire(int permits, out TimeSpan retryAfter)
    {
        var reply = Request(permits, TimeSpan.Zero, default);
        retryAfter = TimeSpan.FromTicks(reply.Number);
        return reply.Status == ReplyStatus.Ok;
    }

    /// <summary>Returns the permits that are there and that are waited for, and the calls that succeeded and failed so far, those of all processes.</summary>
    /// <returns>The numbers of this moment.</returns>
    /// <exception cref="ConnectionLostException">The process that hosts the limiter has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The limiter was disposed, in this process or in its node.</exception>
    public RateLimiterStatistics GetStatistics() => Numbers(Ask(RateLimiterCommand.Look.Instance, default));

    /// <summary>Asynchronously returns the permits that are there and that are waited for, and the calls that succeeded and failed so far.</summary>
    /// <param name="cancellation">Cancels the wait for the reply.</param>
    /// <returns>The numbers of this moment.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the limiter has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The limiter was disposed, in this process or in its node.</exception>
    public async ValueTask<RateLimiterStatistics> GetStatisticsAsync(CancellationToken cancellation = default) =>
        Numbers(await AskAsync(RateLimiterCommand.Look.Instance, cancellation).ConfigureAwait(false));

    /// <summary>
    /// Returns this limiter as one of .NET, for code that takes such a one (middleware, HTTP handlers). Disposing the result does not end this limiter. Its
    /// leases have the metadata <see cref="MetadataName.RetryAfter"/>; its <see cref="RateLimiter.IdleDuration"/> is null, since other processes may use it.
    /// </summary>
    /// <returns>The limiter.</returns>
    public RateLimiter AsRateLimiter() => new NetRateLimiter(this);

    /// <summary>Sends an acquisition and waits. The reply is Ok, or TimedOut with the time after which to try again.</summary>
    internal Reply Request(int permits, TimeSpan? timeout, CancellationToken cancellation) => Ask(Acquisition(permits, timeout), cancellation);

    internal ValueTask<Reply> RequestAsync(int permits, TimeSpan? timeout, CancellationToken cancellation) =>
        AskAsync(Acquisition(permits, timeout), cancellation);

    private protected override void WriteTo(WireWriter writer)
    {
        base.WriteTo(writer);
        writer.VarUInt((uint)TokenLimit);
    }

    private static RateLimiterStatistics Numbers(in Reply reply)
    {
        var reader = new WireReader(reply.Value.Bytes.Span);
        return new RateLimiterStatistics
        {
            CurrentAvailablePermits = reader.VarInt(),
            CurrentQueuedCount = reader.VarInt(),
            TotalSuccessfulLeases = reader.VarInt(),
            TotalFailedLeases = reader.VarInt(),
        };
    }

    private RateLimiterCommand.Acquire Acquisition(int permits, TimeSpan? timeout)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(permits);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(permits, TokenLimit);
        return new RateLimiterCommand.Acquire(permits, timeout);
    }

    static SharedRateLimiter ISelfCoded<SharedRateLimiter>.ReadFrom(ref WireReader reader)
    {
        var handle = ObjectHandle.ReadFrom(ref reader);
        return new SharedRateLimiter(handle, reader.Natural());
    }
}
