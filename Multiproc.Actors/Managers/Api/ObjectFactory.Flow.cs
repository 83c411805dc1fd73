using Multiproc.Objects.Counters;
using Multiproc.Objects.RateLimiters;

namespace Multiproc.Managers;

/// <content>What limits, counts and distributes.</content>
internal sealed partial class ObjectFactory
{
    public SharedRateLimiter RateLimiter(SharedRateLimiterOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return new(create(RateLimiterType.Instance, options.Pack()), options.TokenLimit);
    }

    public SharedCounter Counter() => new(create(CounterType.Instance));
}
