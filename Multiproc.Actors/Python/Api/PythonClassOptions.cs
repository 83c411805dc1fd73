namespace Multiproc;

/// <summary>Says how Python programs may use objects of a registered C# class.</summary>
public sealed record PythonClassOptions
{
    /// <summary>Gets the names of the methods that can be called, in either style: "TotalOf" or "total_of". Default null: all public ones.</summary>
    public IReadOnlyList<string>? Exposed { get; init; }

    /// <summary>
    /// Gets the registered types that results of methods become objects of, by the name of the method: Python's <c>method_to_typeid</c>. "Iterator" makes a
    /// sequence an iterator. Default none. A result whose class is registered becomes an object also without it; when the class is registered under several
    /// names, this one chooses.
    /// </summary>
    public IReadOnlyDictionary<string, string> MethodToTypeId { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets whether calls of one object may run concurrently. Default false: one after the other.</summary>
    public bool Concurrent { get; init; }
}
