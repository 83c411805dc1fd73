using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.ReadWriteLocks;

/// <summary>The ways to hold a lock for readers and writers. The numbers are on the wire.</summary>
internal enum LockSide : byte
{
    Read = 1,
    UpgradeableRead = 2,
    Write = 3,
}

/// <summary>The commands of a lock for readers and writers, for what its cell alone cannot do. The tags are on the wire.</summary>
internal abstract record ReadWriteCommand : IWireCommand
{
    /// <summary>A process uses the lock for the first time. The reply is its slot, or -1 when there is none left.</summary>
    public sealed record Join : ReadWriteCommand
    {
        public const byte Tag = 1;

        public static readonly Join Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(Tag);
    }

    /// <summary>A thread of the caller's process wants the lock. The reply is the fence.</summary>
    public sealed record Acquire(LockSide Side, int Thread, WaitTimeout Timeout) : ReadWriteCommand, ITimedCommand
    {
        public const byte Tag = 2;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.Byte((byte)Side);
            writer.VarUInt((uint)Thread);
            writer.Timeout(Timeout);
        }
    }

    /// <summary>Ends a hold of the caller's process.</summary>
    public sealed record Release(LockSide Side, int Thread) : ReadWriteCommand
    {
        public const byte Tag = 3;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.Byte((byte)Side);
            writer.VarUInt((uint)Thread);
        }
    }

    /// <summary>A reader has left while the lock was closed to new ones.</summary>
    public sealed record ReaderLeft : ReadWriteCommand
    {
        public const byte Tag = 4;

        public static readonly ReaderLeft Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(Tag);
    }

    /// <summary>The upgradeable reader, a process, wants to write. The reply is the fence.</summary>
    public sealed record Upgrade(int Thread, WaitTimeout Timeout) : ReadWriteCommand, ITimedCommand
    {
        public const byte Tag = 5;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.VarUInt((uint)Thread);
            writer.Timeout(Timeout);
        }
    }

    /// <summary>The writer that was upgraded only reads again.</summary>
    public sealed record Downgrade : ReadWriteCommand
    {
        public const byte Tag = 6;

        public static readonly Downgrade Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(Tag);
    }

    /// <summary>The data that a dead writer left behind was repaired.</summary>
    public sealed record MarkConsistent : ReadWriteCommand
    {
        public const byte Tag = 7;

        public static readonly MarkConsistent Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(Tag);
    }

    /// <summary>Asks how many holds the caller's process has.</summary>
    public sealed record CountHolds : ReadWriteCommand
    {
        public const byte Tag = 8;

        public static readonly CountHolds Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(Tag);
    }

    public abstract void WriteTo(WireWriter writer);

    public static ReadWriteCommand ReadFrom(ref WireReader reader) => reader.Byte() switch
    {
        Join.Tag => Join.Instance,
        Acquire.Tag => new Acquire(SideOf(ref reader), reader.Number(), reader.Timeout()),
        Release.Tag => new Release(SideOf(ref reader), reader.Number()),
        ReaderLeft.Tag => ReaderLeft.Instance,
        Upgrade.Tag => new Upgrade(reader.Number(), reader.Timeout()),
        Downgrade.Tag => Downgrade.Instance,
        MarkConsistent.Tag => MarkConsistent.Instance,
        CountHolds.Tag => CountHolds.Instance,
        byte other => throw CommandFields.Unknown("read-write lock", other),
    };

    private static LockSide SideOf(ref WireReader reader)
    {
        byte side = reader.Byte();
        return side is >= (byte)LockSide.Read and <= (byte)LockSide.Write
            ? (LockSide)side
            : throw new SerializationException($"Malformed command: {side} is not a side of a read-write lock.");
    }
}
