namespace Multiproc.Serialization.Pickle;

/// <summary>Rejects keys that .NET distinguishes and Python does not, such as 1, 1.0 and true: all but one of their values would be lost.</summary>
internal sealed class DistinctKeys
{
    private readonly List<object?> _alike = [];
    private HashSet<object?>? _all;
    private Type? _type;

    public void Add(object? key)
    {
        // Keys of a single plain type differ in Python if they differ in .NET.
        var type = key?.GetType();
        if (_all is null && (_alike.Count == 0 || type == _type) && type is { IsPrimitive: true } or { IsSealed: true, IsArray: false, Namespace: "System" })
        {
            _type = type;
            _alike.Add(key);
            return;
        }

        _all ??= new HashSet<object?>(_alike, PythonEquality.Instance);
        if (!_all.Add(key))
        {
            throw new UnsendableException($"has two keys that are one in Python: {PythonText.Of(key)} equals another");
        }
    }
}
