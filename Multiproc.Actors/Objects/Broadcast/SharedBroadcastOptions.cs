using Multiproc.Serialization;

namespace Multiproc;

/// <summary>What a broadcast does when its buffer is full, because a reader is slow.</summary>
public enum SlowReaders
{
    /// <summary>Publishing waits until the slowest reader has gone on.</summary>
    Wait,

    /// <summary>The oldest item is dropped; readers that did not have it are told how many they missed.</summary>
    DropOldest,

    /// <summary>The slowest readers are disconnected: their next call throws a <see cref="SlowReaderException"/>.</summary>
    Disconnect,
}

/// <summary>Options of a <see cref="SharedBroadcast{T}"/>.</summary>
/// <example>
/// <code>
/// using var prices = Mp.Broadcast&lt;Price&gt;(new SharedBroadcastOptions { Capacity = 100, SlowReaders = SlowReaders.DropOldest });
/// </code>
/// </example>
public sealed record SharedBroadcastOptions
{
    /// <summary>The most items that are kept for readers that do not have them yet; at least 1; default 1,024. More of them cost memory in the node.</summary>
    public int Capacity { get; init; } = 1024;

    /// <summary>What happens when so many are kept and another one is published; default <see cref="SlowReaders.Wait"/>, which loses nothing.</summary>
    public SlowReaders SlowReaders { get; init; }

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Capacity);
        if (!Enum.IsDefined(SlowReaders))
        {
            throw new ArgumentOutOfRangeException(nameof(SlowReaders), SlowReaders, "There is no such policy: use Wait, DropOldest or Disconnect.");
        }
    }

    internal Payload Pack()
    {
        using var writer = new WireWriter(16);
        writer.VarUInt((uint)Capacity);
        writer.Byte((byte)SlowReaders);
        return new Payload(writer.ToArray());
    }

    /// <exception cref="SerializationException">What was sent is no options.</exception>
    internal static SharedBroadcastOptions Unpack(Payload packed)
    {
        var reader = new WireReader(packed.Bytes.Span);
        var options = new SharedBroadcastOptions { Capacity = reader.Natural(), SlowReaders = (SlowReaders)reader.Byte() };
        try
        {
            options.Validate();
        }
        catch (ArgumentOutOfRangeException wrong)
        {
            throw new SerializationException($"Malformed options of a broadcast: {wrong.Message}", wrong);
        }

        return options;
    }
}
