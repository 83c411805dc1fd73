namespace Multiproc;

/// <summary>What is in a <see cref="SharedCache{TKey, TValue}"/>, and what happened in it so far, by all processes.</summary>
/// <param name="Count">The number of entries.</param>
/// <param name="Hits">How often a value was found.</param>
/// <param name="Misses">How often none was found, those included who then waited for another's factory.</param>
/// <param name="Made">How many values came from factories.</param>
/// <param name="Evictions">How many entries were removed because there were too many.</param>
/// <param name="Expirations">How many entries were removed because their time was over.</param>
public sealed record SharedCacheStatistics(long Count, long Hits, long Misses, long Made, long Evictions, long Expirations);
