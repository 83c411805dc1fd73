using System.Collections.ObjectModel;
using Multiproc.Serialization.Pickle;

namespace Multiproc;

/// <summary>Represents an exception of Python sent or received as a value: the name of its class, its arguments and its attributes.</summary>
/// <example><c>connection.Send(new PythonException("KeyError", "name"))</c> sends Python a <c>KeyError('name')</c>.</example>
public sealed class PythonException : MultiprocException
{
    private Dictionary<string, object?> _attributes = [];

    /// <summary>Initializes an exception of class <c>Exception</c> without arguments.</summary>
    public PythonException()
        : this(PyTuple.Empty, "Exception")
    {
    }

    /// <summary>Initializes an exception of class <c>Exception</c> with a message.</summary>
    /// <param name="message">The only argument.</param>
    public PythonException(string message)
        : this(new PyTuple(message), "Exception")
    {
    }

    /// <summary>
    /// Initializes an exception of class <c>Exception</c> with a message and its cause. The cause is not sent, since Python does not pickle causes.
    /// </summary>
    /// <param name="message">The only argument.</param>
    /// <param name="innerException">The cause.</param>
    public PythonException(string message, Exception? innerException)
        : base($"Exception: {message}", innerException)
    {
        TypeName = "Exception";
        Arguments = new PyTuple(message);
    }

    /// <summary>Initializes an exception of a given Python class.</summary>
    /// <param name="typeName">The name of a builtin exception (<c>ValueError</c>), or another name with its module (<c>queue.Full</c>).</param>
    /// <param name="arguments">The arguments of the exception.</param>
    public PythonException(string typeName, params ReadOnlySpan<object?> arguments)
        : this(new PyTuple(arguments), typeName)
    {
    }

    internal PythonException(PyTuple arguments, string typeName)
        : base(PythonText.OfException(typeName, arguments))
    {
        TypeName = typeName;
        Arguments = arguments;
    }

    /// <summary>Gets the name of the class, with its module unless that is <c>builtins</c>.</summary>
    public string TypeName { get; }

    /// <summary>Gets the arguments: Python's <c>args</c>.</summary>
    public PyTuple Arguments { get; }

    /// <summary>Gets the other attributes of the exception, such as <c>__notes__</c> or the <c>name</c> of an ImportError.</summary>
    public IReadOnlyDictionary<string, object?> Attributes
    {
        get => new ReadOnlyDictionary<string, object?>(_attributes);
        init => _attributes = new Dictionary<string, object?>(value);
    }

    internal void SetAttribute(string name, object? value) => _attributes[name] = value;
}
