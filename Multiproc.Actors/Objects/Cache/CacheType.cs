using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Caches;

/// <summary>The object type of caches: how a node creates and reads them.</summary>
internal static class CacheType
{
    public static readonly ObjectType Instance = ObjectType.Define(new ObjectType(
        25, "cache", static (ref WireReader reader) => CacheCommand.ReadFrom(ref reader), CellBytes: 0,
        static (options, _) => new CacheState(SharedCacheOptions.Unpack(options))) { KeepsValues = true });
}
