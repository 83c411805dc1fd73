namespace Multiproc;

/// <content>What limits, counts and distributes.</content>
public partial interface IObjectSpace
{
    /// <summary>Creates a rate limiter, with all of its permits.</summary>
    /// <param name="options">The options of the limiter.</param>
    /// <returns>The rate limiter. It can be sent to other processes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    SharedRateLimiter RateLimiter(SharedRateLimiterOptions options);

    /// <summary>Creates a counter that many processes add to without waiting for each other; zero at first.</summary>
    /// <returns>The counter. It can be sent to other processes.</returns>
    SharedCounter Counter();
}
