namespace Multiproc;

/// <content>What limits, counts and distributes.</content>
public partial class SyncManager
{
    /// <summary>Creates a rate limiter in the manager, with all of its permits.</summary>
    /// <param name="options">The options of the limiter.</param>
    /// <returns>A proxy that can be sent to other processes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    /// <exception cref="ObjectDisposedException">The manager was shut down.</exception>
    public SharedRateLimiter RateLimiter(SharedRateLimiterOptions options) => _objects.RateLimiter(options);

    /// <summary>
    /// Creates a counter in the manager that many processes add to without waiting for each other. On this machine it is in mapped memory.
    /// </summary>
    /// <returns>A proxy that can be sent to other processes.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    /// <exception cref="ObjectDisposedException">The manager was shut down.</exception>
    public SharedCounter Counter() => _objects.Counter();
}
