namespace Multiproc.Serialization.Pickle;

/// <summary>Counts the cost of reading one pickle, and rejects it when the cost is out of proportion to its size.</summary>
internal sealed class PickleBudget(PickleLimits limits, int size)
{
    private const int WorkPerByte = 16;

    private long _work = limits.FreeWork + ((long)WorkPerByte * size);

    public PickleLimits Limits => limits;

    public int Containers { get; private set; }

    public void Container()
    {
        if (++Containers > limits.MaxContainers)
        {
            throw new SerializationException($"Pickle refused: more than {limits.MaxContainers} containers.");
        }
    }

    public void Work(long amount)
    {
        _work -= amount;
        if (_work < 0)
        {
            throw new SerializationException(
                $"Pickle refused: its {size} bytes ask for work out of all proportion (large keys used, or large values copied, again and again).");
        }
    }

    /// <summary>Creates a tuple, unless it is too deep to be compared recursively.</summary>
    public PyTuple Tuple(object?[] items)
    {
        if (items.Length == 0)
        {
            return PyTuple.Empty;
        }

        Container();
        var tuple = new PyTuple(items, owned: true);
        CheckDepth(tuple.Depth);
        return tuple;
    }

    public PyFrozenSet FrozenSet(IEnumerable<object?> items)
    {
        Container();
        var set = new PyFrozenSet(items);
        CheckDepth(set.Depth);
        return set;
    }

    /// <summary>Charges for a value that becomes a key or an element of a set.</summary>
    public object? Key(object? value)
    {
        int weight = KeyCost.Of(value);
        if (weight == KeyCost.Unhashable)
        {
            throw new SerializationException($"Malformed pickle: {PythonText.Of(value)} cannot be a key or in a set (Python: unhashable type).");
        }

        Work(weight - 1);
        return value;
    }

    public void CheckDepth(int depth)
    {
        if (depth > limits.MaxDepth)
        {
            throw new SerializationException($"Pickle refused: values nested deeper than {limits.MaxDepth} levels.");
        }
    }
}
