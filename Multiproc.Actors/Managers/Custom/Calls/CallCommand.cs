using Multiproc.Peers;
using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Managers;

/// <summary>The commands of a user's object. Their tags are part of the wire format.</summary>
internal abstract record CallCommand : IYieldingCommand
{
    /// <summary>The maximum number of items that a reader can request at once.</summary>
    private const int MaxBatch = 1024;

    /// <summary>The tag of a chain, before that of the command itself.</summary>
    private const byte Within = 4;

    /// <summary>Whether the user has marked the method with <see cref="IdempotentAttribute"/>.</summary>
    public bool IsIdempotent => this is Invoke { MayRepeat: true };

    /// <summary>The numbers of the calls that this one is made within and that wait for it, outermost first.</summary>
    public long[] Chain { get; init; } = [];

    /// <summary>Calls a method with serialized arguments; replies with a <see cref="CallResult"/>.</summary>
    public sealed record Invoke(string Method, Payload Arguments, bool MayRepeat = false) : CallCommand, ITimedCommand
    {
        public const byte Tag = 1;

        /// <summary>The caller's own time limit. The method has it as an argument, so it is not sent.</summary>
        public WaitTimeout Timeout { get; init; } = WaitTimeout.Infinite;

        public override Action<Reply> ForLateReply(ObjectHandle from) => reply => CallReplies.LetGo(reply, from);

        public override void WriteTo(WireWriter writer)
        {
            WriteTag(writer, Tag);
            writer.String(Method);
            writer.Payload(Arguments);
        }
    }

    /// <summary>Requests the next items of a stream, at most <c>Max</c>; the reply comes when there is at least one, or at the end of the stream.</summary>
    public sealed record Next(long Stream, int Max) : CallCommand
    {
        public const byte Tag = 2;

        public override void WriteTo(WireWriter writer)
        {
            WriteTag(writer, Tag);
            writer.VarUInt((ulong)Stream);
            writer.VarUInt((uint)Max);
        }
    }

    /// <summary>Closes a stream before its end.</summary>
    public sealed record Leave(long Stream) : CallCommand
    {
        public const byte Tag = 3;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.VarUInt((ulong)Stream);
        }
    }

    public virtual Action<Reply>? ForLateReply(ObjectHandle from) => null;

    public abstract void WriteTo(WireWriter writer);

    /// <summary>Writes the tag after the chain, which most calls do not have.</summary>
    private void WriteTag(WireWriter writer, byte tag)
    {
        if (Chain.Length > 0)
        {
            writer.Byte(Within);
            writer.VarUInt((uint)Chain.Length);
            foreach (long number in Chain)
            {
                writer.Int64(number);
            }
        }

        writer.Byte(tag);
    }

    public static CallCommand ReadFrom(ref WireReader reader)
    {
        byte tag = reader.Byte();
        long[] chain = [];
        if (tag == Within)
        {
            chain = new long[reader.Count(atLeast: sizeof(long))];
            for (int i = 0; i < chain.Length; i++)
            {
                chain[i] = reader.Int64();
            }

            tag = reader.Byte();
        }

        return tag switch
        {
            Invoke.Tag => new Invoke(reader.String(), reader.Payload()) { Chain = chain },
            Next.Tag => new Next(reader.Natural(), Math.Clamp(reader.Natural(), 1, MaxBatch)) { Chain = chain },
            Leave.Tag => new Leave(reader.Natural()),
            _ => throw CommandFields.Unknown("user's object", tag),
        };
    }
}

/// <summary>Tells the object's actor that the runner has completed a call.</summary>
internal sealed record CallDone(Caller To, Reply Reply) : ICommand;
