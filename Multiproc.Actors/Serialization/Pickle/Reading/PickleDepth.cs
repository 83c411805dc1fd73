namespace Multiproc.Serialization.Pickle;

/// <summary>
/// Measures the nesting depth of a value. Containers filled out of order, by the memo, reach a depth that the reader's stack does not show. The walk
/// has its own stack; a container that contains itself counts once.
/// </summary>
internal sealed class PickleDepth(PickleBudget budget)
{
    private const int Open = 0;

    private readonly Dictionary<object, int> _depths = new(ReferenceEqualityComparer.Instance);
    private readonly Stack<Level> _path = new();

    public void Check(object? root)
    {
        Enter(root);
        while (_path.TryPeek(out var level))
        {
            if (level.Parts.MoveNext())
            {
                if (level.Parts.Current is { } part && _depths.TryGetValue(part, out int known))
                {
                    level.Deepest = Math.Max(level.Deepest, known);
                }
                else
                {
                    Enter(level.Parts.Current);
                }

                continue;
            }

            Leave();
        }
    }

    private void Enter(object? value)
    {
        if (PartsOf(value) is { } parts)
        {
            _depths[value!] = Open;
            _path.Push(new Level(value!, parts.GetEnumerator()));
            budget.CheckDepth(_path.Count);
        }
    }

    private void Leave()
    {
        var done = _path.Pop();
        int depth = done.Deepest + 1;
        _depths[done.Container] = depth;
        budget.CheckDepth(depth);
        if (_path.TryPeek(out var outer))
        {
            outer.Deepest = Math.Max(outer.Deepest, depth);
        }
    }

    private static IEnumerable<object?>? PartsOf(object? value) => value switch
    {
        List<object?> list => list,
        PyTuple { Count: > 0 } tuple => tuple,
        Dictionary<object, object?> dictionary => dictionary.Keys.Concat(dictionary.Values),
        HashSet<object?> set => set,
        PyFrozenSet set => set,
        PythonObject unknown => unknown.Parts,
        PythonException error => error.Attributes.Values.Prepend(error.Arguments),
        _ => null,
    };

    private sealed class Level(object container, IEnumerator<object?> parts)
    {
        public object Container => container;

        public IEnumerator<object?> Parts => parts;

        public int Deepest { get; set; }
    }
}
