using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc;

/// <summary>The settings of a queue. Every value has a default that suits most programs.</summary>
public sealed record SharedQueueOptions
{
    /// <summary>
    /// How many items the queue holds at most; zero or less: without a bound. Default 0. A bound keeps fast producers from filling the memory; without one
    /// a put waits for no answer.
    /// </summary>
    public int MaxSize { get; init; }

    /// <summary>
    /// How often an item may come back - from a lease that was given up, from a process that died with it - and be given out again. When it comes back once
    /// more it is set aside as a dead letter. From 0; the default, <see cref="int.MaxValue"/>, is without a bound. A bound ends the round of an item that kills
    /// whoever works on it; a small one also sets aside items whose holders died of something else.
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
