using Multiproc.Python.Values;
using Multiproc.Serialization.Pickle;

namespace Multiproc.Python.Server;

/// <summary>A request: the ident of an object, or nothing; a name; arguments.</summary>
internal readonly record struct Request(string? Ident, string Name, PyTuple Given, Dictionary<object, object?> Named)
{
    public Arguments Arguments => new(Name, Given, Named);

    /// <exception cref="SerializationException">The bytes are no request.</exception>
    public static Request Read(ReadOnlySpan<byte> message, MessageFormat format, IPickleNames names) => format.Read(message, names) is PyTuple
    {
        Items: [var ident, string name, var arguments, Dictionary<object, object?> named],
    } && MessageFormat.Sequence(arguments) is { } given
        ? new Request(ident as string, name, given, named)
        : throw new SerializationException("Malformed request: it is not a tuple of an ident, a name, arguments and named arguments.");
}
