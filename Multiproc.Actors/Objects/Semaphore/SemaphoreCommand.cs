using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Semaphores;

/// <summary>The commands of a semaphore, for what its cell alone cannot do. The tags are on the wire.</summary>
internal abstract record SemaphoreCommand : IWireCommand
{
    /// <summary>A process uses the semaphore for the first time. The reply is its slot, or -1 when there is none left.</summary>
    public sealed record Join : SemaphoreCommand
    {
        public const byte Tag = 1;

        public static readonly Join Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(Tag);
    }

    public sealed record Acquire(WaitTimeout Timeout) : SemaphoreCommand, ITimedCommand
    {
        public const byte Tag = 2;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.Timeout(Timeout);
        }
    }

    /// <summary>Releases a permit, for a process without a slot.</summary>
    public sealed record Release : SemaphoreCommand
    {
        public const byte Tag = 3;

        public static readonly Release Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(Tag);
    }

    /// <summary>A permit was released while there were waiters.</summary>
    public sealed record Grant : SemaphoreCommand
    {
        public const byte Tag = 4;

        public static readonly Grant Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(Tag);
    }

    /// <summary>Releases a permit that the caller's process holds; refused when it holds none. For a process without a slot.</summary>
    public sealed record ReleaseHeld : SemaphoreCommand
    {
        public const byte Tag = 5;

        public static readonly ReleaseHeld Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(Tag);
    }

    /// <summary>Asks how many permits the caller's process holds.</summary>
    public sealed record CountHolds : SemaphoreCommand
    {
        public const byte Tag = 6;

        public static readonly CountHolds Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(Tag);
    }

    public abstract void WriteTo(WireWriter writer);

    public static SemaphoreCommand ReadFrom(ref WireReader reader) => reader.Byte() switch
    {
        Join.Tag => Join.Instance,
        Acquire.Tag => new Acquire(reader.Timeout()),
        Release.Tag => Release.Instance,
        Grant.Tag => Grant.Instance,
        ReleaseHeld.Tag => ReleaseHeld.Instance,
        CountHolds.Tag => CountHolds.Instance,
        byte other => throw CommandFields.Unknown("semaphore", other),
    };
}
