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

    /// <summary>The requested values do not fit into one message.</summary>
    TooLarge = 6,

    /// <summary>The object cannot be reached any more; nothing was done.</summary>
    Lost = 7,

    /// <summary>The object cannot be reached any more; the command may have been carried out, or may be.</summary>
    OutcomeUnknown = 8,
}

/// <summary>A state's reply to one caller: a status with a number, a value or a reason.</summary>
internal readonly record struct Reply(ReplyStatus Status, long Number = 0, Payload Value = default, string? Reason = null)
{
    // Room for a length, and for the version that some values have.
    private const int RoomOfHead = 16;

    /// <summary>The call that was replied to, for a caller that must acknowledge; not sent.</summary>
    public long Call { get; init; }

    public static readonly Reply Done = new(ReplyStatus.Ok);

    public static readonly Reply TimedOut = new(ReplyStatus.TimedOut);

    public static readonly Reply Cancelled = new(ReplyStatus.Cancelled);

    public static readonly Reply ObjectGone = new(ReplyStatus.ObjectGone);

    public static Reply Of(long number) => new(ReplyStatus.Ok, number);

    public static Reply Of(bool truth) => new(ReplyStatus.Ok, truth ? 1 : 0);

    public static Reply Of(Payload value, long number = 0) => new(ReplyStatus.Ok, number, value);

    /// <summary>Reports misuse that only the state can detect, such as releasing a free lock; throws an InvalidOperationException at the caller.</summary>
    public static Reply Refused(string reason) => new(ReplyStatus.Refused, Reason: reason);

    /// <summary>Reports values that do not fit into one message; throws a SerializationException at the caller.</summary>
    public static Reply TooLarge(string reason) => new(ReplyStatus.TooLarge, Reason: reason);

    /// <summary>Reports that the object cannot be reached any more; throws a ConnectionLostException at the caller.</summary>
    public static Reply Lost(string reason) => new(ReplyStatus.Lost, Reason: reason);

    /// <summary>Reports that nobody knows whether the command was carried out; throws an OutcomeUnknownException at the caller.</summary>
    public static Reply OutcomeUnknown(string reason) => new(ReplyStatus.OutcomeUnknown, Reason: reason);

    /// <summary>Joins several values into one, if they fit into one message together. Their sizes are added up before anything is copied.</summary>
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

    /// <summary>Returns a refusal when the values do not fit into one message, each with its header; otherwise null.</summary>
    public static Reply? RefusalOf(IReadOnlyList<Payload> values)
    {
        long bytes = 0;
        for (int i = 0; i < values.Count; i++)
        {
            bytes += RoomOfHead + (long)values[i].Length;
        }

        return bytes <= WireWriter.LargestValue
            ? null
            : TooLarge(
                $"{values.Count} values have {bytes} bytes together, but a message can hold {WireWriter.LargestValue}: request fewer of them at a time.");
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
        if (status > (byte)ReplyStatus.OutcomeUnknown)
        {
            throw new SerializationException($"Malformed frame: {status} is not a reply status.");
        }

        long number = reader.VarInt();
        var value = reader.Bytes();
        var payload = value.IsEmpty ? Payload.Empty : new Payload(value.ToArray());
        string reason = reader.String();
        return new Reply((ReplyStatus)status, number, payload, reason.Length == 0 ? null : reason);
    }
}
