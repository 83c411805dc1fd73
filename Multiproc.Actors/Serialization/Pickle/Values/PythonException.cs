using System.Collections.ObjectModel;
using Multiproc.Serialization.Pickle;

namespace Multiproc;

/// <summary>An exception of Python that came as a value: the name of its class, the arguments it was made of, and its attributes.</summary>
/// <example><c>connection.Send(new PythonException("KeyError", "name"))</c> gives Python a <c>KeyError('name')</c>.</example>
public sealed class PythonException : MultiprocException
{
    private Dictionary<string, object?> _attributes = [];

    /// <summary>Makes an exception of class <c>Exception</c> without arguments.</summary>
    public PythonException()
        : this(PyTuple.Empty, "Exception")
    {
    }

    /// <summary>Makes an exception of class <c>Exception</c>.</summary>
    /// <param name="message">Its only argument.</param>
    public PythonException(string message)
        : this(new PyTuple(message), "Exception")
    {
    }

    /// <summary>Makes an exception of class <c>Exception</c> with its cause, which stays here: Python does not send causes.</summary>
    /// <param name="message">Its only argument.</param>
    /// <param name="innerException">The cause.</param>
    public PythonException(string message, Exception? innerException)
        : base($"Exception: {message}", innerException)
    {
        TypeName = "Exception";
        Arguments = new PyTuple(message);
    }

    /// <summary>Makes an exception of a class of Python.</summary>
    /// <param name="typeName">A builtin exception (<c>ValueError</c>), or one with its module (<c>queue.Full</c>).</param>
    /// <param name="arguments">What the class is called with.</param>
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

    /// <summary>The name of the class, with its module unless that is <c>builtins</c>.</summary>
    public string TypeName { get; }

    /// <summary>Python's <c>args</c>.</summary>
    public PyTuple Arguments { get; }

    /// <summary>What else Python kept in the exception, as <c>__notes__</c> or the <c>name</c> of an ImportError.</summary>
    public IReadOnlyDictionary<string, object?> Attributes
    {
        get => new ReadOnlyDictionary<string, object?>(_attributes);
        init => _attributes = new Dictionary<string, object?>(value);
    }

    internal void SetAttribute(string name, object? value) => _attributes[name] = value;
}
