using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Semaphores;

/// <summary>The commands of a semaphore, for what its cell alone cannot do. The tags are on the wire.</summary>
internal abstract record SemaphoreCommand : IWireCommand
{
    /// <summary>A process uses the semaphore for the first time. The reply is its slot, or -1 when there is none left.</summary>
    public sealed record Join : SemaphoreCommand
    {
        public static readonly Join Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(1);
    }

    public sealed record Acquire(WaitTimeout Timeout) : SemaphoreCommand, ITimedCommand
    {
        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(2);
            writer.Timeout(Timeout);
        }
    }

    /// <summary>Releases a permit, for a process without a slot.</summary>
    public sealed record Release : SemaphoreCommand
    {
        public static readonly Release Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(3);
    }

    /// <summary>A permit was released while there were waiters.</summary>
    public sealed record Grant : SemaphoreCommand
    {
        public static readonly Grant Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(4);
    }

    public abstract void WriteTo(WireWriter writer);

    public static SemaphoreCommand ReadFrom(ref WireReader reader)
    {
        byte tag = reader.Byte();
        return tag switch
        {
            1 => Join.Instance,
            2 => new Acquire(reader.Timeout()),
            3 => Release.Instance,
            4 => Grant.Instance,
            _ => throw CommandFields.Unknown("semaphore", tag),
        };
    }
}
