using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Caches;

/// <summary>The commands of a cache. Keys are serialized; they are equal when their bytes are. The tags are on the wire.</summary>
internal abstract record CacheCommand : IWireCommand
{
    /// <summary>Read-only commands may be retried.</summary>
    public bool IsIdempotent => this is Look;

    /// <summary>
    /// Reads a value; of a key without one, the first caller is to make it, and the others wait. The number of the reply is 0 with the value, or the number of
    /// the claim with which the caller is to make it.
    /// </summary>
    public sealed record GetOrClaim(Payload Key, WaitTimeout Timeout) : CacheCommand, ITimedCommand
    {
        public const byte Tag = 1;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.Timeout(Timeout);
            writer.Payload(Key);
        }
    }

    /// <summary>The value was made. It is not kept if the key was set or removed meanwhile.</summary>
    public sealed record Fulfil(long Claim, Payload Value) : CacheCommand
    {
        public const byte Tag = 2;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.VarUInt((ulong)Claim);
            writer.Payload(Value);
        }
    }

    /// <summary>The value could not be made: the next one who waits is to make it.</summary>
    public sealed record Fail(long Claim) : CacheCommand
    {
        public const byte Tag = 3;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.VarUInt((ulong)Claim);
        }
    }

    /// <summary>The reply is the value, with the number 1; or the number 0.</summary>
    public sealed record TryGet(Payload Key) : CacheCommand
    {
        public const byte Tag = 4;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.Payload(Key);
        }
    }

    public sealed record Set(Payload Key, Payload Value) : CacheCommand
    {
        public const byte Tag = 5;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.Payload(Key);
            writer.Payload(Value);
        }
    }

    /// <summary>The reply is 1 when there was a value.</summary>
    public sealed record Remove(Payload Key) : CacheCommand
    {
        public const byte Tag = 6;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.Payload(Key);
        }
    }

    public sealed record Clear : CacheCommand
    {
        public const byte Tag = 7;

        public static readonly Clear Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(Tag);
    }

    /// <summary>Reads the numbers of the cache, packed: see <see cref="CacheCounts"/>. The number of the reply is that of the entries.</summary>
    public sealed record Look : CacheCommand
    {
        public const byte Tag = 8;

        public static readonly Look Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(Tag);
    }

    public abstract void WriteTo(WireWriter writer);

    public static CacheCommand ReadFrom(ref WireReader reader) => reader.Byte() switch
    {
        GetOrClaim.Tag => new GetOrClaim(Timeout: reader.Timeout(), Key: reader.Payload()),
        Fulfil.Tag => new Fulfil((long)reader.VarUInt(), reader.Payload()),
        Fail.Tag => new Fail((long)reader.VarUInt()),
        TryGet.Tag => new TryGet(reader.Payload()),
        Set.Tag => new Set(reader.Payload(), reader.Payload()),
        Remove.Tag => new Remove(reader.Payload()),
        Clear.Tag => Clear.Instance,
        Look.Tag => Look.Instance,
        byte other => throw CommandFields.Unknown("cache", other),
    };
}
