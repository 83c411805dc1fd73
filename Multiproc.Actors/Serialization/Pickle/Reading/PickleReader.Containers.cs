namespace Multiproc.Serialization.Pickle;

/// <summary>Containers, the stack and the memo.</summary>
internal ref partial struct PickleReader
{
    private bool TryContainer(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.EmptyTuple:
                _stack.Push(PyTuple.Empty);
                return true;
            case Opcode.Tuple1 or Opcode.Tuple2 or Opcode.Tuple3:
                _stack.Push(_budget.Tuple(Values(_stack.PopMany(opcode - Opcode.Tuple1 + 1))));
                return true;
            case Opcode.Tuple:
                _stack.Push(_budget.Tuple(Values(_stack.PopToMark())));
                return true;
            case Opcode.EmptyList:
                _budget.Container();
                _stack.Push(new List<object?>());
                return true;
            case Opcode.List:
                _budget.Container();
                _stack.Push(new List<object?>(Values(_stack.PopToMark())));
                return true;
            case Opcode.Append:
                object? appended = Value(_stack.Pop());
                Append(_stack.Top(), [appended], opcode);
                return true;
            case Opcode.Appends:
                Append(_stack.BelowMark(), Values(_stack.SinceMark()), opcode);
                _stack.DropToMark();
                return true;
            case Opcode.EmptySet:
                _budget.Container();
                _stack.Push(new HashSet<object?>(PythonEquality.Instance));
                return true;
            case Opcode.AddItems:
                AddItems(Target<HashSet<object?>>(_stack.BelowMark(), opcode));
                return true;
            case Opcode.FrozenSet:
                _stack.Push(_budget.FrozenSet(Array.ConvertAll(Values(_stack.PopToMark()), _budget.Key)));
                return true;
            default:
                return TryDictionary(opcode);
        }
    }

    private bool TryDictionary(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.EmptyDict:
                _stack.Push(NewDictionary());
                return true;
            case Opcode.Dict:
                var made = NewDictionary();
                SetItems(made);
                _stack.Push(made);
                return true;
            case Opcode.SetItem:
                object? value = _stack.Pop();
                object? key = _stack.Pop();
                if (_stack.Top() is PythonObject kept)
                {
                    kept.SetItems([Value(key), Value(value)]);
                    return true;
                }

                SetItem(Target<Dictionary<object, object?>>(_stack.Top(), opcode), key, value);
                return true;
            case Opcode.SetItems:
                if (_stack.BelowMark() is PythonObject unknown)
                {
                    unknown.SetItems(Pairs(Values(_stack.SinceMark())));
                    _stack.DropToMark();
                    return true;
                }

                SetItems(Target<Dictionary<object, object?>>(_stack.BelowMark(), opcode));
                return true;
            default:
                return false;
        }
    }

    private bool TryStackOrMemo(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.Mark:
                _stack.Mark();
                return true;
            case Opcode.Pop:
                _stack.PopValueOrMark();
                return true;
            case Opcode.PopMark:
                _stack.SinceMark();
                _stack.DropToMark();
                return true;
            case Opcode.Dup:
                PushAgain(_stack.Top());
                return true;
            case Opcode.Memoize:
                _memo.Add(_stack.Top());
                return true;
            case Opcode.BinPut:
                _memo.Put(_source.Byte(), _stack.Top());
                return true;
            case Opcode.LongBinPut:
                _memo.Put(_source.UInt32(), _stack.Top());
                return true;
            case Opcode.Put:
                _memo.Put((uint)_source.LineIndex(), _stack.Top());
                return true;
            case Opcode.BinGet:
                Get(_source.Byte());
                return true;
            case Opcode.LongBinGet:
                Get(_source.UInt32());
                return true;
            case Opcode.Get:
                Get((uint)_source.LineIndex());
                return true;
            default:
                return false;
        }
    }

    private void Get(uint index)
    {
        if (!_memo.TryGet(index, out object? value))
        {
            throw _source.Malformed($"value {index} of the memo is used and was never put there");
        }

        PushAgain(value);
    }

    private void PushAgain(object? value)
    {
        _sharedContainers |= value is not (string or PickleGlobal);
        _stack.Push(value);
    }

    private readonly Dictionary<object, object?> NewDictionary()
    {
        _budget.Container();
        return new Dictionary<object, object?>(PythonEquality.Instance);
    }

    private readonly void Append(object? target, ReadOnlySpan<object?> items, Opcode opcode)
    {
        if (target is PythonObject unknown)
        {
            unknown.Append(items);
            return;
        }

        Target<List<object?>>(target, opcode).AddRange(items);
    }

    private readonly ReadOnlySpan<object?> Pairs(ReadOnlySpan<object?> items) =>
        items.Length % 2 == 0 ? items : throw _source.Malformed("a dict has a key without a value");

    private readonly void SetItems(Dictionary<object, object?> dictionary)
    {
        var items = _stack.SinceMark();
        if (items.Length % 2 != 0)
        {
            throw _source.Malformed("a dict has a key without a value");
        }

        for (int i = 0; i < items.Length; i += 2)
        {
            SetItem(dictionary, items[i], items[i + 1]);
        }

        _stack.DropToMark();
    }

    /// <summary>Sets an item: the first of equal keys is kept and gets the last value, as in Python.</summary>
    private readonly void SetItem(Dictionary<object, object?> dictionary, object? key, object? value) =>
        dictionary[_budget.Key(Value(key)) ?? DBNull.Value] = Value(value);

    private readonly void AddItems(HashSet<object?> set)
    {
        foreach (object? item in _stack.SinceMark())
        {
            set.Add(_budget.Key(Value(item)));
        }

        _stack.DropToMark();
    }

    private readonly T Target<T>(object? value, Opcode opcode)
        where T : class =>
        value as T ?? throw _source.Malformed($"{opcode} is applied to {PythonText.Of(value)}");

    private readonly object? Value(object? value) =>
        value is not PickleGlobal global ? value
            : _names is not null ? new PythonObject(global.Module, global.Name)
            : throw new SerializationException($"Pickle refused: it holds {global} itself; a class or function cannot be a value here.");

    private readonly object?[] Values(object?[] values)
    {
        Values((Span<object?>)values);
        return values;
    }

    private readonly Span<object?> Values(Span<object?> values)
    {
        foreach (ref object? value in values)
        {
            value = Value(value);
        }

        return values;
    }
}
