namespace Multiproc;

/// <content>What limits, counts and distributes.</content>
public sealed partial class MultiprocContext
{
    /// <summary>Creates a rate limiter that lives in this process, with all of its permits.</summary>
    /// <param name="options">The options of the limiter.</param>
    /// <returns>The rate limiter. It can be sent to other processes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public SharedRateLimiter RateLimiter(SharedRateLimiterOptions options) =>
        s_objects.RateLimiter(options);

    /// <summary>Creates a counter that lives in this process and that many processes add to without waiting for each other; zero at first.</summary>
    /// <returns>The counter. It can be sent to other processes.</returns>
    /// <exception cref="MultiprocException">The system has no shared memory left.</exception>
    public SharedCounter Counter() =>
        s_objects.Counter();
}
