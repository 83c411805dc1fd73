using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Locks;

/// <summary>The commands of a lock, for what its cell alone cannot do. The tags are on the wire.</summary>
internal abstract record LockCommand : IWireCommand
{
    /// <summary>A thread of the caller's process wants the lock, which it found held.</summary>
    public sealed record Acquire(int Thread, WaitTimeout Timeout) : LockCommand, ITimedCommand
    {
        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(1);
            writer.VarUInt((uint)Thread);
            writer.Timeout(Timeout);
        }
    }

    /// <summary>A releaser has left the lock to the node to hand over.</summary>
    public sealed record HandOver : LockCommand
    {
        public static readonly HandOver Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(2);
    }

    /// <summary>A process on another machine acquires the lock: like <see cref="Acquire"/>, but the owner of a recursive lock gets one more level.</summary>
    public sealed record Enter(int Thread, WaitTimeout Timeout) : LockCommand, ITimedCommand
    {
        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(3);
            writer.VarUInt((uint)Thread);
            writer.Timeout(Timeout);
        }
    }

    /// <summary>A process on another machine releases the lock, or one level of it. The reply is the <see cref="ReleaseOutcome"/>.</summary>
    public sealed record Leave(int Thread, bool IsRecursive) : LockCommand
    {
        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(4);
            writer.VarUInt((uint)Thread);
            writer.Bool(IsRecursive);
        }
    }

    /// <summary>A holder on another machine releases the lock entirely. The reply is the depth that it had.</summary>
    public sealed record LeaveWholly : LockCommand
    {
        public static readonly LeaveWholly Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(5);
    }

    /// <summary>A holder on another machine has the lock again, and restores its depth.</summary>
    public sealed record Deepen(int Levels) : LockCommand
    {
        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(6);
            writer.VarUInt((uint)Levels);
        }
    }

    /// <summary>A process on another machine clears the Abandoned bit.</summary>
    public sealed record MarkConsistent : LockCommand
    {
        public static readonly MarkConsistent Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(7);
    }

    public abstract void WriteTo(WireWriter writer);

    public static LockCommand ReadFrom(ref WireReader reader)
    {
        byte tag = reader.Byte();
        switch (tag)
        {
            case 1:
                return new Acquire(ThreadNumber(ref reader), reader.Timeout());
            case 2:
                return HandOver.Instance;
            case 3:
                return new Enter(ThreadNumber(ref reader), reader.Timeout());
            case 4:
                return new Leave(ThreadNumber(ref reader), reader.Bool());
            case 5:
                return LeaveWholly.Instance;
            case 6:
                return new Deepen(reader.Number());
            case 7:
                return MarkConsistent.Instance;
            default:
                throw CommandFields.Unknown("lock", tag);
        }
    }

    private static int ThreadNumber(ref WireReader reader)
    {
        ulong thread = reader.VarUInt();
        return thread <= uint.MaxValue
            ? unchecked((int)thread)
            : throw new SerializationException($"Malformed command: {thread} is not a thread id.");
    }
}
