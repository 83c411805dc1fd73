using Multiproc.Cluster.Gateways;

namespace Multiproc;

/// <content>What limits, counts and distributes, by name and without.</content>
public sealed partial class ClusterContext
{
    /// <summary>
    /// Opens a rate limiter for all of the cluster. Each acquisition is a record of the journal; with <see cref="Durability.Memory"/> it is a message only, and
    /// the limiter is full again after its node was lost.
    /// </summary>
    /// <param name="name">The name in the cluster, of 1 to 1,024 characters.</param>
    /// <param name="limiter">The options of the limiter.</param>
    /// <param name="options">How the object is kept; null (the default) is in the journal, for good.</param>
    /// <returns>The rate limiter.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="ArgumentException">The name is empty, too long, or no text; or an option is out of its range.</exception>
    /// <exception cref="NameConflictException">The name is that of another kind of object.</exception>
    /// <exception cref="MultiprocTimeoutException">The cluster did not open it within <see cref="ClusterOptions.Timeout"/>.</exception>
    /// <exception cref="ConnectionLostException">This node is no longer in the cluster.</exception>
    public SharedRateLimiter RateLimiter(string name, SharedRateLimiterOptions limiter, ClusterObjectOptions? options = null) =>
        Of(name, KindName.RateLimiter(limiter), options).RateLimiter(limiter);

    /// <summary>Opens a counter. Each addition is a message, and exact.</summary>
    /// <param name="name">The name in the cluster, of 1 to 1,024 characters.</param>
    /// <param name="options">How the object is kept; null (the default) is in the journal, for good.</param>
    /// <returns>The counter.</returns>
    /// <exception cref="ArgumentException">The name is empty, too long, or no text; or an option is out of its range.</exception>
    /// <exception cref="NameConflictException">The name is that of another kind of object.</exception>
    /// <exception cref="MultiprocTimeoutException">The cluster did not open it within <see cref="ClusterOptions.Timeout"/>.</exception>
    /// <exception cref="ConnectionLostException">This node is no longer in the cluster.</exception>
    public SharedCounter Counter(string name, ClusterObjectOptions? options = null) =>
        Of(name, "Counter", options).Counter();

    SharedRateLimiter IObjectSpace.RateLimiter(SharedRateLimiterOptions options) => Unnamed.RateLimiter(options);

    SharedCounter IObjectSpace.Counter() => Unnamed.Counter();
}
