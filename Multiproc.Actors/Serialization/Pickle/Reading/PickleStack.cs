using System.Runtime.InteropServices;

namespace Multiproc.Serialization.Pickle;

/// <summary>The values under construction, and the marks between them. No instruction takes what lies below the last mark.</summary>
internal sealed class PickleStack
{
    private readonly List<object?> _values = [];
    private readonly List<int> _marks = [];

    /// <summary>The maximum number of values and marks so far.</summary>
    public int Highest { get; private set; }

    public int Count => _values.Count;

    public bool HasMarks => _marks.Count > 0;

    private int Fence => _marks.Count > 0 ? _marks[^1] : 0;

    public void Push(object? value)
    {
        _values.Add(value);
        Highest = Math.Max(Highest, _values.Count + _marks.Count);
    }

    public void Mark() => _marks.Add(_values.Count);

    public object? Pop()
    {
        object? top = Top();
        _values.RemoveAt(_values.Count - 1);
        return top;
    }

    public object? Top() => _values.Count > Fence ? _values[^1] : throw new SerializationException("Malformed pickle: an instruction lacks its operands.");

    /// <summary>Removes a value or, as in Python, a mark.</summary>
    public void PopValueOrMark()
    {
        if (_values.Count == Fence && _marks.Count > 0)
        {
            _marks.RemoveAt(_marks.Count - 1);
        }
        else
        {
            Pop();
        }
    }

    public object?[] PopMany(int count)
    {
        if (_values.Count - Fence < count)
        {
            Top();
            throw new SerializationException("Malformed pickle: an instruction lacks its operands.");
        }

        return Cut(_values.Count - count);
    }

    public object?[] PopToMark()
    {
        var items = SinceMark().ToArray();
        DropToMark();
        return items;
    }

    /// <summary>The items above the last mark, in place: valid until the stack changes.</summary>
    public Span<object?> SinceMark() =>
        _marks.Count > 0
            ? CollectionsMarshal.AsSpan(_values)[_marks[^1]..]
            : throw new SerializationException("Malformed pickle: an instruction lacks its MARK.");

    public void DropToMark()
    {
        int mark = _marks[^1];
        _marks.RemoveAt(_marks.Count - 1);
        _values.RemoveRange(mark, _values.Count - mark);
    }

    /// <summary>The value below the last mark, which the items above it belong to.</summary>
    public object? BelowMark()
    {
        int below = _marks.Count > 0 ? _marks[^1] - 1 : -1;
        int fence = _marks.Count > 1 ? _marks[^2] : 0;
        return below >= fence ? _values[below] : throw new SerializationException("Malformed pickle: an instruction lacks its operands.");
    }

    private object?[] Cut(int from)
    {
        var items = CollectionsMarshal.AsSpan(_values)[from..].ToArray();
        _values.RemoveRange(from, items.Length);
        return items;
    }
}
