namespace Multiproc.Serialization.Pickle;

/// <summary>Maps a .NET exception to the nearest exception of Python, with its message as the only argument.</summary>
internal static class ExceptionMapping
{
    public static (string Module, string Name, PyTuple Arguments, IReadOnlyDictionary<string, object?> Attributes) ToPython(Exception exception)
    {
        if (exception is PythonException python)
        {
            return ExceptionNames.TryFind(python.TypeName, out var known)
                ? (known.Module, known.Name, python.Arguments, python.Attributes)
                : throw new UnsendableException($"is a PythonException of class {python.TypeName}, which is not a builtin exception of Python");
        }

        string? name = NameOf(exception);
        string message = name is null ? $"{TypeNames.Of(exception.GetType())}: {exception.Message}" : exception.Message;
        ExceptionNames.TryFind(name ?? "RuntimeError", out var global);
        return (global.Module, global.Name, new PyTuple(message), new Dictionary<string, object?>());
    }

    /// <summary>The name of the class of Python, as <see cref="PythonException.TypeName"/> has it.</summary>
    public static string TypeNameOf(Exception exception) => exception is PythonException python ? python.TypeName : NameOf(exception) ?? "RuntimeError";

    /// <summary>Maps from special to general classes; null if no class of Python corresponds.</summary>
    private static string? NameOf(Exception exception) => exception switch
    {
        QueueEmptyException => "_queue.Empty",
        QueueFullException => "queue.Full",
        AuthenticationException => "multiprocessing.context.AuthenticationError",
        MultiprocTimeoutException => "multiprocessing.context.TimeoutError",
        TimeoutException => "TimeoutError",
        KeyNotFoundException => "KeyError",
        IndexOutOfRangeException => "IndexError",
        ArgumentNullException => "TypeError",
        ArgumentException or FormatException => "ValueError",
        InvalidCastException => "TypeError",
        MissingMemberException => "AttributeError",
        NullReferenceException => "AttributeError",
        DivideByZeroException => "ZeroDivisionError",
        OverflowException => "OverflowError",
        ArithmeticException => "ArithmeticError",
        NotImplementedException or NotSupportedException => "NotImplementedError",
        InsufficientExecutionStackException => "RecursionError",
        OutOfMemoryException => "MemoryError",
        EndOfStreamException => "EOFError",
        FileNotFoundException or DirectoryNotFoundException => "FileNotFoundError",
        UnauthorizedAccessException => "PermissionError",
        IOException or System.Net.Sockets.SocketException => "OSError",
        _ when exception.GetType() == typeof(InvalidOperationException) => "RuntimeError",
        _ when exception.GetType() == typeof(Exception) => "Exception",
        _ => null,
    };
}
