using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Managers;

/// <summary>The outcome of an update: the number of the reply. Part of the wire format.</summary>
internal enum UpdateOutcome : sbyte
{
    /// <summary>The update was made; the reply holds the new value.</summary>
    Done = 0,

    /// <summary>The key is missing, and no initial value was given.</summary>
    Missing = -1,

    /// <summary>The function threw; the reply holds the exception.</summary>
    Failed = -2,

    /// <summary>This function cannot run here.</summary>
    Unfit = -3,

    /// <summary>This process runs no functions of the caller.</summary>
    Refused = -4,
}

/// <summary>A function for one key of a dictionary, with the initial value of a new key.</summary>
internal sealed record UpdateRequest(long Dictionary, Payload Key, Payload? First, Payload Function)
{
    public const string Method = "Update";

    public CallCommand.Invoke ToCommand()
    {
        using var writer = new WireWriter();
        writer.VarUInt((ulong)Dictionary);
        writer.Payload(Key);
        writer.Bool(First.HasValue);
        writer.Payload(First ?? Payload.Empty);
        writer.Payload(Function);
        return new CallCommand.Invoke(Method, new Payload(writer.ToArray()));
    }

    /// <exception cref="SerializationException">The command is not an update request.</exception>
    public static UpdateRequest Read(CallCommand command)
    {
        if (command is not CallCommand.Invoke { Method: Method } invoke)
        {
            throw new SerializationException($"Malformed command: {command.GetType().Name} is no update.");
        }

        var reader = new WireReader(invoke.Arguments.Bytes.Span);
        long dictionary = (long)Math.Min(reader.VarUInt(), long.MaxValue);
        var key = reader.Payload();
        bool adds = reader.Bool();
        var first = reader.Payload();
        return new UpdateRequest(dictionary, key, adds ? first : null, reader.Payload());
    }
}
