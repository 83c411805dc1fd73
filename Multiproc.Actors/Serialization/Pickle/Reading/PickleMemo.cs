namespace Multiproc.Serialization.Pickle;

/// <summary>
/// The memo: values that are referred to again by number. CPython numbers in sequence; other numbers are kept apart, so that a large number takes no memory.
/// </summary>
internal sealed class PickleMemo(int limit)
{
    private readonly List<object?> _inOrder = [];
    private Dictionary<uint, object?>? _others;

    public int Count => _inOrder.Count + (_others?.Count ?? 0);

    public void Add(object? value) => Put((uint)Count, value);

    public void Put(uint index, object? value)
    {
        if (Count >= limit)
        {
            throw new SerializationException($"Pickle refused: more than {limit} memoised values.");
        }

        if (index < _inOrder.Count)
        {
            _inOrder[(int)index] = value;
        }
        else if (index == _inOrder.Count && _others is null)
        {
            _inOrder.Add(value);
        }
        else
        {
            (_others ??= [])[index] = value;
        }
    }

    public bool TryGet(uint index, out object? value)
    {
        if (index < _inOrder.Count)
        {
            value = _inOrder[(int)index];
            return true;
        }

        value = null;
        return _others is not null && _others.TryGetValue(index, out value);
    }
}
