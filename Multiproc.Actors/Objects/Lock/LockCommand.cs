using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Locks;

/// <summary>The commands of a lock, for what its cell alone cannot do. The tags are on the wire.</summary>
internal abstract record LockCommand : IWireCommand
{
    /// <summary>A thread of the caller's process wants the lock, which it found held.</summary>
    public sealed record Acquire(int Thread, WaitTimeout Timeout) : LockCommand, ITimedCommand
    {
        public const byte Tag = 1;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.VarUInt((uint)Thread);
            writer.Timeout(Timeout);
        }
    }

    /// <summary>A releaser has left the lock to the node to hand over.</summary>
    public sealed record HandOver : LockCommand
    {
        public const byte Tag = 2;

        public static readonly HandOver Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(Tag);
    }

    /// <summary>A process on another machine acquires the lock: like <see cref="Acquire"/>, but the owner of a recursive lock gets one more level.</summary>
    public sealed record Enter(int Thread, WaitTimeout Timeout) : LockCommand, ITimedCommand
    {
        public const byte Tag = 3;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.VarUInt((uint)Thread);
            writer.Timeout(Timeout);
        }
    }

    /// <summary>A process on another machine releases the lock, or one level of it. The reply is the <see cref="ReleaseOutcome"/>.</summary>
    public sealed record Leave(int Thread, bool IsRecursive) : LockCommand
    {
        public const byte Tag = 4;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.VarUInt((uint)Thread);
            writer.Bool(IsRecursive);
        }
    }

    /// <summary>A holder on another machine releases the lock entirely. The reply is the depth that it had.</summary>
    public sealed record LeaveWholly : LockCommand
    {
        public const byte Tag = 5;

        public static readonly LeaveWholly Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(Tag);
    }

    /// <summary>A holder on another machine has the lock again, and restores its depth.</summary>
    public sealed record Deepen(int Levels) : LockCommand
    {
        public const byte Tag = 6;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.VarUInt((uint)Levels);
        }
    }

    /// <summary>A process on another machine clears the Abandoned bit.</summary>
    public sealed record MarkConsistent : LockCommand
    {
        public const byte Tag = 7;

        public static readonly MarkConsistent Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(Tag);
    }

    /// <summary>A holder releases the hold that began with a fence, if it lasts. The reply is the <see cref="ReleaseOutcome"/>.</summary>
    public sealed record LeaveHold(long Fence) : LockCommand
    {
        public const byte Tag = 8;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.VarInt(Fence);
        }
    }

    public abstract void WriteTo(WireWriter writer);

    public static LockCommand ReadFrom(ref WireReader reader) => reader.Byte() switch
    {
        Acquire.Tag => new Acquire(ThreadNumber(ref reader), reader.Timeout()),
        HandOver.Tag => HandOver.Instance,
        Enter.Tag => new Enter(ThreadNumber(ref reader), reader.Timeout()),
        Leave.Tag => new Leave(ThreadNumber(ref reader), reader.Bool()),
        LeaveWholly.Tag => LeaveWholly.Instance,
        Deepen.Tag => new Deepen(reader.Number()),
        MarkConsistent.Tag => MarkConsistent.Instance,
        LeaveHold.Tag => new LeaveHold(reader.VarInt()),
        byte other => throw CommandFields.Unknown("lock", other),
    };

    private static int ThreadNumber(ref WireReader reader)
    {
        ulong thread = reader.VarUInt();
        return thread <= uint.MaxValue
            ? unchecked((int)thread)
            : throw new SerializationException($"Malformed command: {thread} is not a thread id.");
    }
}
