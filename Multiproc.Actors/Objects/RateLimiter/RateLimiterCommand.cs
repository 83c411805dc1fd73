using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.RateLimiters;

/// <summary>The commands of a rate limiter. The tags are on the wire.</summary>
internal abstract record RateLimiterCommand : IWireCommand
{
    /// <summary>Read-only commands may be retried.</summary>
    public bool IsIdempotent => this is Look;

    /// <summary>
    /// Acquires permits, waiting for them. When none came, the number of the reply is after how many ticks to try again; zero when that is not known.
    /// </summary>
    public sealed record Acquire(int Permits, WaitTimeout Timeout) : RateLimiterCommand, ITimedCommand
    {
        public const byte Tag = 1;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.VarUInt((uint)Permits);
            writer.Timeout(Timeout);
        }
    }

    /// <summary>Reads the numbers of the limiter. The reply has them packed: available and queued permits, successful and failed acquisitions.</summary>
    public sealed record Look : RateLimiterCommand
    {
        public const byte Tag = 2;

        public static readonly Look Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(Tag);
    }

    public abstract void WriteTo(WireWriter writer);

    public static RateLimiterCommand ReadFrom(ref WireReader reader) => reader.Byte() switch
    {
        Acquire.Tag => new Acquire(reader.Number(), reader.Timeout()),
        Look.Tag => Look.Instance,
        byte other => throw CommandFields.Unknown("rate limiter", other),
    };
}
