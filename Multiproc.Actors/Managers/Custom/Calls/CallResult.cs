using Multiproc.Peers;
using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Managers;

/// <summary>The kind of a call's result: the first byte of a reply's value. Part of the wire format.</summary>
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

    /// <summary>The method could not be called: an exception as text.</summary>
    Refusal = 4,
}

/// <summary>Creates the replies of calls.</summary>
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

    /// <summary>Replies with items of a stream; the reply's number tells whether the stream has ended.</summary>
    public static Reply Items(IReadOnlyList<Payload> items, bool isOver)
    {
        using var writer = new WireWriter { IsForValues = true };
        writer.Payloads(items);
        return Reply.Of(new Payload(writer.ToArray()), isOver ? 1 : 0);
    }

    /// <summary>Disposes of the reply to an abandoned call: closes its stream, or releases the object that was made for the caller.</summary>
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

    /// <summary>Reads the exception of a call.</summary>
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
