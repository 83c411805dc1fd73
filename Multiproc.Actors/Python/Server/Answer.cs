using Multiproc.Serialization;

namespace Multiproc.Python.Server;

/// <summary>An answer: its kind, and a value that depends on it.</summary>
internal readonly record struct Answer(string Kind, object? Value)
{
    public const string ProxyKind = "#PROXY";

    public static Answer Return(object? value) => new("#RETURN", value);

    /// <summary>The client raises the exception itself.</summary>
    public static Answer Error(Exception failure) => new("#ERROR", failure);

    /// <summary>The client raises a RemoteError with this text.</summary>
    public static Answer Failed(Exception failure) => new("#TRACEBACK", Text(failure));

    public void WriteTo(WireWriter writer, MessageFormat format, ProxyPickles proxies)
    {
        try
        {
            var (kind, value) = format.Fit(this);
            format.Write(writer, new PyTuple(kind, value), proxies.Reducing);
        }
        catch (SerializationException unsendable)
        {
            format.Write(writer, new PyTuple("#UNSERIALIZABLE", unsendable.Message), proxies.Reducing);
        }
    }

    private static string Text(Exception failure)
    {
        string type = failure is PythonException python ? python.TypeName : failure.GetType().Name;
        string message = failure is PythonException ? failure.Message[Math.Min(failure.Message.Length, type.Length)..].TrimStart(':', ' ') : failure.Message;
        return $"Traceback (most recent call last):\n  In a manager of a C# program\n{type}: {message}\n";
    }
}
