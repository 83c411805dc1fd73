namespace Multiproc.Python.Values;

/// <summary>The exceptions that Python's own managers raise, with the arguments that they have there.</summary>
internal static class PythonErrors
{
    public static PythonException Empty() => new("_queue.Empty", []);

    public static PythonException Full() => new("queue.Full", []);

    public static PythonException Broken() => new("threading.BrokenBarrierError", []);

    public static PythonException EndOfIteration() => new("StopIteration", []);

    public static PythonException Key(object? key) => new(new PyTuple(key), "KeyError");

    public static PythonException Index(string text) => Of("IndexError", text);

    public static PythonException Value(string text) => Of("ValueError", text);

    public static PythonException Type(string text) => Of("TypeError", text);

    public static PythonException Runtime(string text) => Of("RuntimeError", text);

    public static PythonException Attribute(string text) => Of("AttributeError", text);

    public static PythonException NotImplemented(string text) => Of("NotImplementedError", text);

    private static PythonException Of(string typeName, string text) => new(new PyTuple(text), typeName);
}
