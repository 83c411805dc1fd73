using System.Collections.Concurrent;
using Multiproc.Python.Values;

namespace Multiproc.Python.Pools;

/// <summary>A function that is sent itself: a bare delegate would be called back in the process that sent it.</summary>
internal sealed record PooledFunction(Delegate Code);

/// <summary>The C# functions that pools run for Python, by the name that the function has there.</summary>
internal sealed class FunctionTable
{
    private readonly ConcurrentDictionary<string, Delegate> _all = new(StringComparer.Ordinal);

    /// <exception cref="ArgumentException">The name is taken.</exception>
    public void Add(string name, Delegate function)
    {
        if (!_all.TryAdd(name, function))
        {
            throw new ArgumentException($"A function '{name}' is registered already: choose another name.", nameof(name));
        }
    }

    /// <param name="function">A function of Python, which came by its name.</param>
    /// <param name="given">Its arguments.</param>
    /// <param name="named">Its named arguments.</param>
    /// <exception cref="PythonException">A NotImplementedError: no C# function has this name.</exception>
    public PythonTask Call(object? function, IEnumerable<object?> given, Dictionary<object, object?>? named = null)
    {
        string name = function is PythonObject { IsInstance: false } global ? $"{global.Module}.{global.Name}" : PythonRepr.Of(function);
        return _all.TryGetValue(name, out var found)
            ? new PythonTask(name, found, [.. given], (named ?? []).ToDictionary(static each => (string)each.Key, static each => each.Value))
            : throw PythonErrors.NotImplemented(
                $"{name} is a function of Python, and this manager of a C# program runs only those that were registered: python.Register(\"{name}\", ...)");
    }
}
