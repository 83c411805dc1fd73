using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc;

/// <summary>The settings of a queue: its capacity, and when items become dead letters. The defaults suit most programs.</summary>
/// <example>
/// <code>
/// using var jobs = Mp.Queue&lt;string&gt;(new SharedQueueOptions { MaxSize = 100, MaxRedeliveries = 3 });
/// </code>
/// </example>
public sealed record SharedQueueOptions
{
    /// <summary>
    /// The maximum number of items in the queue. Default 0; zero and negative values mean unbounded. A bound keeps fast producers from filling the memory;
    /// without one, a put waits for no reply and is faster.
    /// </summary>
    public int MaxSize { get; init; }

    /// <summary>
    /// How many times an item is delivered again after it went back to the queue, from an abandoned lease or from a process that died. When it goes back once
    /// more, it becomes a dead letter. From 0; default <see cref="int.MaxValue"/>, which is unlimited. A limit stops an item that crashes every consumer from
    /// being delivered forever; a small limit also sets aside items whose consumers died for other reasons.
    /// </summary>
    public int MaxRedeliveries { get; init; } = int.MaxValue;

    internal static SharedQueueOptions Checked(SharedQueueOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegative(options.MaxRedeliveries);
        return options;
    }

    internal Payload Pack()
    {
        using var writer = new WireWriter(16);
        writer.VarUInt((uint)Math.Max(0, MaxSize));
        writer.VarUInt((uint)MaxRedeliveries);
        return new Payload(writer.ToArray());
    }

    internal static SharedQueueOptions Unpack(Payload packed)
    {
        var reader = new WireReader(packed.Bytes.Span);
        int maxSize = reader.Number();
        return new SharedQueueOptions { MaxSize = maxSize, MaxRedeliveries = reader.Number() };
    }
}
