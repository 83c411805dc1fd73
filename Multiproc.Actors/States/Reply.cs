using Multiproc.Peers.References;
using Multiproc.Serialization;

namespace Multiproc.States;

/// <summary>How a command ended. The numbers are on the wire.</summary>
internal enum ReplyStatus : byte
{
    Ok = 0,
    TimedOut = 1,
    Cancelled = 2,
    Refused = 3,
    ObjectGone = 4,
    Malformed = 5,

    /// <summary>What was asked for is more than one message can have.</summary>
    TooLarge = 6,
}

/// <summary>A state's reply to one caller: a status, and a number or a value or a reason.</summary>
internal readonly record struct Reply(ReplyStatus Status, long Number = 0, Payload Value = default, string? Reason = null)
{
    // A length, and the version that some have.
    private const int RoomOfHead = 16;

    /// <summary>The call that was answered, for a caller that must confirm; does not travel.</summary>
    public long Call { get; init; }

    public static readonly Reply Done = new(ReplyStatus.Ok);

    public static readonly Reply TimedOut = new(ReplyStatus.TimedOut);

    public static readonly Reply Cancelled = new(ReplyStatus.Cancelled);

    public static readonly Reply ObjectGone = new(ReplyStatus.ObjectGone);

    public static Reply Of(long number) => new(ReplyStatus.Ok, number);

    public static Reply Of(bool truth) => new(ReplyStatus.Ok, truth ? 1 : 0);

    public static Reply Of(Payload value, long number = 0) => new(ReplyStatus.Ok, number, value);

    /// <summary>Misuse that only the state can see, as releasing a free lock; becomes an InvalidOperationException at the caller.</summary>
    public static Reply Refused(string reason) => new(ReplyStatus.Refused, Reason: reason);

    /// <summary>It becomes a SerializationException at the caller.</summary>
    public static Reply TooLarge(string reason) => new(ReplyStatus.TooLarge, Reason: reason);

    /// <summary>Many values as one, if they fit one message together. They are counted before they are copied.</summary>
    public static Reply OfMany(IReadOnlyList<Payload> values, long number)
    {
        if (RefusalOf(values) is { } tooLarge)
        {
            return tooLarge;
        }

        using var writer = new WireWriter();
        writer.Payloads(values);
        return Of(new Payload(writer.ToArray()), number);
    }

    /// <summary>Null when they fit one message, each with what stands before it.</summary>
    public static Reply? RefusalOf(IReadOnlyList<Payload> values)
    {
        long bytes = 0;
        for (int i = 0; i < values.Count; i++)
        {
            bytes += RoomOfHead + (long)values[i].Length;
        }

        return bytes <= WireWriter.LargestValue
            ? null
            : TooLarge($"{values.Count} values have {bytes} bytes together, and a message can have {WireWriter.LargestValue}: ask for fewer of them at a time.");
    }

    public void WriteTo(WireWriter writer)
    {
        writer.Byte((byte)Status);
        writer.VarInt(Number);
        writer.Bytes(Value.Bytes.Span);
        writer.String(Reason ?? "");
    }

    /// <summary>Copies out of <paramref name="reader"/>'s memory: the frame may be overwritten afterwards.</summary>
    public static Reply ReadFrom(ref WireReader reader)
    {
        byte status = reader.Byte();
        if (status > (byte)ReplyStatus.TooLarge)
        {
            throw new SerializationException($"Malformed frame: {status} is not an answer status.");
        }

        long number = reader.VarInt();
        var value = reader.Bytes();
        var payload = value.IsEmpty ? Payload.Empty : new Payload(value.ToArray());
        string reason = reader.String();
        return new Reply((ReplyStatus)status, number, payload, reason.Length == 0 ? null : reason);
    }
}
