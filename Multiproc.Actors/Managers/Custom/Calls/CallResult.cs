using Multiproc.Peers;
using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Managers;

/// <summary>What a call gave. The first byte of an answer's value; on the wire.</summary>
internal enum CallResult : byte
{
    /// <summary>A value.</summary>
    Value = 0,

    /// <summary>An exception of the user's code.</summary>
    Failure = 1,

    /// <summary>The number of a stream.</summary>
    Stream = 2,

    /// <summary>A new shared object: its type id, and a handle.</summary>
    Object = 3,

    /// <summary>The call could not be made: an exception as text.</summary>
    Refusal = 4,
}

/// <summary>Makes such answers.</summary>
internal static class CallReplies
{
    public static Reply Value(object? value)
    {
        using var writer = new WireWriter { IsForValues = true };
        writer.Byte((byte)CallResult.Value);
        try
        {
            Serializer.Serialize(writer, value);
        }
        catch (SerializationException unsendable)
        {
            return Refusal(unsendable);
        }

        return Finish(writer);
    }

    public static Reply Failure(Exception failure)
    {
        using var writer = new WireWriter { IsForValues = true };
        writer.Byte((byte)CallResult.Failure);
        SentFailure.Write(writer, failure);
        return Finish(writer);
    }

    public static Reply Refusal(Exception reason)
    {
        using var writer = new WireWriter { IsForValues = true };
        writer.Byte((byte)CallResult.Refusal);
        SentFailure.Write(writer, reason);
        return Finish(writer);
    }

    public static Reply Stream(long number)
    {
        using var writer = new WireWriter { IsForValues = true };
        writer.Byte((byte)CallResult.Stream);
        writer.VarUInt((ulong)number);
        return Finish(writer);
    }

    public static Reply Object(string typeId, ObjectHandle handle)
    {
        using var writer = new WireWriter { IsForValues = true };
        writer.Byte((byte)CallResult.Object);
        writer.String(typeId);
        handle.WriteTo(writer);
        return Finish(writer);
    }

    /// <summary>Items of a stream; the number tells whether it is over.</summary>
    public static Reply Items(IReadOnlyList<Payload> items, bool isOver)
    {
        using var writer = new WireWriter { IsForValues = true };
        writer.Payloads(items);
        return Reply.Of(new Payload(writer.ToArray()), isOver ? 1 : 0);
    }

    /// <summary>An answer to a call that was given up: a stream is closed, an object that was made for this caller has no user.</summary>
    public static void LetGo(in Reply reply, ObjectHandle from)
    {
        if (reply.Status != ReplyStatus.Ok || reply.Value.Length == 0)
        {
            return;
        }

        var reader = new WireReader(reply.Value.Bytes.Span);
        switch ((CallResult)reader.Byte())
        {
            case CallResult.Stream:
                from.TryTell(new CallCommand.Leave((long)reader.VarUInt()));
                break;
            case CallResult.Object:
                _ = reader.String();
                ObjectHandle.ReadFrom(ref reader, isNew: true).Dispose();
                break;
        }
    }

    /// <summary>Throws what the call threw.</summary>
    public static Exception ReadFailure(CallResult kind, ref WireReader reader)
    {
        var failure = SentFailure.Read(ref reader);
        return kind == CallResult.Failure || failure is RemoteException
            ? failure
            : new RemoteException(failure.GetType().FullName!, SentFailure.MessageOf(failure), failure.StackTrace ?? "");
    }

    private static Reply Finish(WireWriter writer)
    {
        byte[] bytes = writer.ToArray();
        return Reply.Of(new Payload(bytes));
    }
}
