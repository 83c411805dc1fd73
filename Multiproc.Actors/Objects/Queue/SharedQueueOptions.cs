using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc;

/// <summary>The settings of a queue: its capacity, and what becomes of items that come back or are not taken. The defaults suit most programs.</summary>
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

    /// <summary>
    /// How long an item can be taken, from when it was put, or from the end of its delay. More than zero; default <see cref="Timeout.InfiniteTimeSpan"/>, for
    /// ever. A put may say another time for its item. What was taken and comes back after its time is not delivered again.
    /// </summary>
    public TimeSpan TimeToLive { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>Whether an item that was not taken in its time becomes a dead letter. Default false: it is removed.</summary>
    public bool KeepExpired { get; init; }

    internal static SharedQueueOptions Checked(SharedQueueOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return options;
    }

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(MaxRedeliveries);
        WaitTimeout.RequireSomeTime(TimeToLive);
    }

    internal Payload Pack()
    {
        using var writer = new WireWriter(16);
        writer.VarUInt((uint)Math.Max(0, MaxSize));
        writer.VarUInt((uint)MaxRedeliveries);
        if (TimeToLive != Timeout.InfiniteTimeSpan || KeepExpired)
        {
            writer.Timeout(TimeToLive);
            writer.Bool(KeepExpired);
        }

        return new Payload(writer.ToArray());
    }

    internal static SharedQueueOptions Unpack(Payload packed)
    {
        var reader = new WireReader(packed.Bytes.Span);
        int maxSize = reader.Number();
        var options = new SharedQueueOptions { MaxSize = maxSize, MaxRedeliveries = reader.Number() };
        return reader.AtEnd
            ? options
            : options with { TimeToLive = reader.Timeout().Limit ?? Timeout.InfiniteTimeSpan, KeepExpired = reader.Bool() };
    }
}
