using Multiproc.Python.Values;
using Multiproc.Serialization;
using Multiproc.Serialization.Pickle;
using Multiproc.Serialization.XmlRpc;

namespace Multiproc.Python.Server;

/// <summary>How the requests and answers of a manager are written.</summary>
internal abstract class MessageFormat
{
    /// <summary>What Python calls it.</summary>
    public abstract string Name { get; }

    public static MessageFormat Of(PythonSerializer serializer) => serializer == PythonSerializer.XmlRpc ? new XmlRpc() : new Pickles();

    /// <exception cref="SerializationException">The bytes are no value.</exception>
    public abstract object? Read(ReadOnlySpan<byte> message, IPickleNames names);

    /// <exception cref="SerializationException">The value cannot be sent.</exception>
    public abstract void Write(WireWriter writer, PyTuple value, Func<object, PythonObject?> reduce);

    /// <summary>Says how an answer goes over that this format has no form for.</summary>
    public virtual Answer Fit(Answer answer) => answer;

    /// <summary>A tuple of the protocol, which is a list in a format that has no tuples; null for another value.</summary>
    public static PyTuple? Sequence(object? value) => value as PyTuple ?? (value is List<object?> items ? new PyTuple([.. items], owned: true) : null);

    private sealed class Pickles : MessageFormat
    {
        public override string Name => "pickle";

        public override object? Read(ReadOnlySpan<byte> message, IPickleNames names) => PickleReader.Read(message, names: names);

        public override void Write(WireWriter writer, PyTuple value, Func<object, PythonObject?> reduce) => PickleWriter.Write(writer, value, reduce: reduce);
    }

    private sealed class XmlRpc : MessageFormat
    {
        public override string Name => "xmlrpclib";

        public override object? Read(ReadOnlySpan<byte> message, IPickleNames names) =>
            Sequence(XmlRpcReader.Read(message));

        public override void Write(WireWriter writer, PyTuple value, Func<object, PythonObject?> reduce) => XmlRpcWriter.Write(writer, value);

        /// <summary>Python's own server sends exceptions and tokens as structs, which its client cannot use: a text it can.</summary>
        public override Answer Fit(Answer answer) => answer switch
        {
            { Value: Exception failure } => Answer.Failed(failure),
            { Kind: Answer.ProxyKind } => Answer.Failed(PythonErrors.NotImplemented("a method that returns a proxy needs the serializer pickle")),
            _ => answer,
        };
    }
}
