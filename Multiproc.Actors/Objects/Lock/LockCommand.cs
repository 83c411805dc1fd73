using Multiproc.Serialization;

namespace Multiproc.Objects.Locks;

/// <summary>What is asked of a lock when its cell is not enough. The tags are on the wire.</summary>
internal abstract record LockCommand : ICommand
{
    /// <summary>A thread of the caller's process wants the lock, which it found held.</summary>
    public sealed record Acquire(int Thread, TimeSpan? Timeout) : LockCommand
    {
        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(1);
            writer.VarUInt((uint)Thread);
            writer.Timeout(Timeout);
        }
    }

    /// <summary>The lock was left to the home to hand over.</summary>
    public sealed record HandOver : LockCommand
    {
        public static readonly HandOver Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(2);
    }

    public abstract void WriteTo(WireWriter writer);

    public static LockCommand ReadFrom(ref WireReader reader)
    {
        byte tag = reader.Byte();
        switch (tag)
        {
            case 1:
                ulong thread = reader.VarUInt();
                return thread <= uint.MaxValue
                    ? new Acquire(unchecked((int)thread), reader.Timeout())
                    : throw new SerializationException($"Malformed command: {thread} is not the number of a thread.");
            case 2:
                return HandOver.Instance;
            default:
                throw CommandFields.Unknown("lock", tag);
        }
    }
}
