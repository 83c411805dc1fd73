using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.RateLimiters;

/// <summary>The object type of rate limiters: how a node creates and reads them.</summary>
internal static class RateLimiterType
{
    public static readonly ObjectType Instance = ObjectType.Define(new ObjectType(
        22, "rate limiter", static (ref WireReader reader) => RateLimiterCommand.ReadFrom(ref reader), CellBytes: 0,
        static (options, _) => new RateLimiterState(SharedRateLimiterOptions.Unpack(options))));
}
