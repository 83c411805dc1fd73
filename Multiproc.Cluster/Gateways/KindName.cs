using Multiproc.Serialization;

namespace Multiproc.Cluster.Gateways;

/// <summary>
/// What an object is, as text: its kind, its element types, and whatever else all of its users must agree about. It is kept with the object and compared when
/// it is opened again, and is what errors and lists show.
/// </summary>
internal static class KindName
{
    public static string Of<T>(string noun) => $"{noun}<{Of(typeof(T))}>";

    public static string Of<TKey, TValue>(string noun) => $"{noun}<{Of(typeof(TKey))}, {Of(typeof(TValue))}>";

    public static string Array<T>(int length) => $"{Of<T>("Array")} of {length}";

    public static string Queue<T>(string noun, SharedQueueOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        string size = options.MaxSize > 0 ? $" of at most {options.MaxSize}" : "";
        string redeliveries = options.MaxRedeliveries < int.MaxValue ? $", redelivered {options.MaxRedeliveries} times" : "";
        string life = options.TimeToLive != Timeout.InfiniteTimeSpan ? $", items live for {options.TimeToLive}" : "";
        string expired = options.KeepExpired ? ", expired ones are kept" : "";
        return $"{Of<T>(noun)}{size}{redeliveries}{life}{expired}";
    }

    public static string RateLimiter(SharedRateLimiterOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        string period = options.ReplenishmentPeriod == Timeout.InfiniteTimeSpan ? "never" : $"{options.TokensPerPeriod} in {options.ReplenishmentPeriod}";
        string queue = options.QueueLimit < int.MaxValue ? $", at most {options.QueueLimit} wait" : "";
        return $"RateLimiter of {options.TokenLimit}, {period}{queue}, {options.QueueOrder}";
    }

    public static string Broadcast<T>(SharedBroadcastOptions options) => $"{Of<T>("Broadcast")} of at most {options.Capacity}, {options.SlowReaders}";

    public static string Cache<TKey, TValue>(SharedCacheOptions options)
    {
        string bytes = options.MaxBytes < long.MaxValue ? $" in {options.MaxBytes} bytes" : "";
        string absolute = options.AbsoluteExpiration != Timeout.InfiniteTimeSpan ? $", kept for {options.AbsoluteExpiration}" : "";
        string sliding = options.SlidingExpiration != Timeout.InfiniteTimeSpan ? $", unused for {options.SlidingExpiration}" : "";
        return $"{Of<TKey, TValue>("Cache")} of at most {options.MaxCount}{bytes}{absolute}{sliding}";
    }

    /// <summary>A type by its full name, without the assembly: this may have other versions, or another name, in other nodes.</summary>
    private static string Of(Type type) => type.IsGenericType && !type.IsArray
        ? $"{TypeNames.Of(type)}<{string.Join(", ", type.GetGenericArguments().Select(Of))}>"
        : type.IsArray ? $"{Of(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]" : TypeNames.Of(type);
}
