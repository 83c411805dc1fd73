using Multiproc.Serialization;

namespace Multiproc.Objects.Caches;

/// <summary>What happened in a cache so far.</summary>
internal record struct CacheCounts(long Hits, long Misses, long Made, long Evictions, long Expirations)
{
    public readonly Payload Pack()
    {
        using var writer = new WireWriter(48);
        Save(writer);
        return new Payload(writer.ToArray());
    }

    public readonly void Save(WireWriter writer)
    {
        writer.VarInt(Hits);
        writer.VarInt(Misses);
        writer.VarInt(Made);
        writer.VarInt(Evictions);
        writer.VarInt(Expirations);
    }

    public static CacheCounts Restore(ref WireReader reader) => new(reader.VarInt(), reader.VarInt(), reader.VarInt(), reader.VarInt(), reader.VarInt());
}
