using Multiproc.Python.Values;

namespace Multiproc.Python.Referents;

/// <summary>
/// What a proxy of Python stands for: the methods of one of Python's types, made of those of an object of this program. Errors are
/// <see cref="PythonException"/> of the class that Python's own manager raises.
/// </summary>
internal abstract class Referent
{
    /// <summary>The name of the type in Python's manager.</summary>
    public abstract string TypeId { get; }

    /// <summary>The class of proxies in <c>multiprocessing.managers</c>; AutoProxy for types that have none of their own.</summary>
    public virtual string ProxyClass => "AutoProxy";

    /// <summary>The methods that can be called.</summary>
    public abstract IReadOnlyList<string> Exposed { get; }

    /// <summary>Whether it holds, or waits for, something on behalf of its caller: then each Python process uses it as a caller of its own.</summary>
    public virtual bool IsOfCaller => false;

    /// <summary>What <c>repr</c> of the object itself says.</summary>
    public abstract string Text { get; }

    /// <summary>A copy of the object itself.</summary>
    /// <exception cref="PythonException">A TypeError: it cannot be copied.</exception>
    public virtual object? Copy => throw PythonErrors.Type($"cannot pickle a {TypeId} of a C# program");

    /// <summary>The object of a C# program that this stands for, which has one ident for all its proxies; null for everything else.</summary>
    public virtual object? Identity => null;

    /// <summary>Takes over what all referents of one object have in common, when this one is made for a caller of its own.</summary>
    public virtual void Join(Referent first)
    {
    }

    /// <summary>Calls a method.</summary>
    /// <exception cref="PythonException">What the method raises in Python.</exception>
    public abstract object? Call(Arguments given, IClient client);

    /// <summary>Ends a call of a method that is exposed and not known, which is an error of this class.</summary>
    protected static PythonException Unknown(Arguments given) => PythonErrors.NotImplemented($"{given.Method} is not served by this manager");
}
