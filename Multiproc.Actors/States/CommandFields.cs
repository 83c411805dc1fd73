using Multiproc.Serialization;

namespace Multiproc.States;

/// <summary>Fields that commands of several object types have in common.</summary>
internal static class CommandFields
{
    /// <summary>Writes a timeout: 0 is infinite, any other number is the ticks plus one.</summary>
    public static void Timeout(this WireWriter writer, WaitTimeout timeout) =>
        writer.VarUInt(timeout.IsInfinite ? 0 : (ulong)timeout.Ticks + 1);

    public static WaitTimeout Timeout(this ref WireReader reader)
    {
        ulong ticks = reader.VarUInt();
        return ticks switch
        {
            0 => WaitTimeout.Infinite,
            > (ulong)long.MaxValue + 1 => throw new SerializationException($"Malformed command: a timeout of {ticks} ticks."),
            _ => WaitTimeout.OfTicks((long)(ticks - 1)),
        };
    }

    public static void Payload(this WireWriter writer, Payload value) => writer.Bytes(value.Bytes.Span);

    public static void Payloads(this WireWriter writer, IReadOnlyList<Payload> values)
    {
        writer.VarUInt((uint)values.Count);
        for (int i = 0; i < values.Count; i++)
        {
            writer.Payload(values[i]);
        }
    }

    /// <summary>Reads a count or a thread id.</summary>
    public static int Number(this ref WireReader reader)
    {
        ulong number = reader.VarUInt();
        return number <= int.MaxValue ? (int)number : throw new SerializationException($"Malformed command: {number} is too large for a count or a thread id.");
    }

    public static SerializationException Unknown(string kind, byte tag) => new($"Malformed command: {tag} is not a command of a {kind}.");
}
