using System.Collections;
using System.Runtime.CompilerServices;

namespace Multiproc.Serialization.Pickle;

/// <summary>Writes collections: memoized before they are filled, where Python can fill them afterwards, so that they may contain themselves.</summary>
internal sealed partial class PickleWriter
{
    // The batch size of CPython, which keeps its reader's stack small.
    private const int Batch = 1000;

    private bool TryCollection(object value)
    {
        switch (CollectionKinds.Of(value.GetType()))
        {
            case CollectionKind.Tuple:
                Tuple((ITuple)value);
                return true;
            case CollectionKind.Dictionary:
                Mutable("dict");
                Dictionary(value);
                return true;
            case CollectionKind.List:
                Mutable("list");
                List((IEnumerable)value);
                return true;
            case CollectionKind.Set:
                Mutable("set");
                Set((IEnumerable)value);
                return true;
            case CollectionKind.FrozenSet:
                FrozenSet((IEnumerable)value);
                return true;
            default:
                return false;
        }
    }

    private void Tuple(ITuple tuple)
    {
        if (tuple.Length == 0)
        {
            _output.Op(Opcode.EmptyTuple);
            return;
        }

        bool marked = tuple.Length > 3;
        if (marked)
        {
            _output.Op(Opcode.Mark);
        }

        for (int i = 0; i < tuple.Length; i++)
        {
            Item(tuple[i], i);
        }

        // A tuple that contains itself by way of a list was created already by the inner occurrence: the outer one is discarded.
        if (_output.IsMemoized(tuple))
        {
            for (int i = 0; i < (marked ? 1 : tuple.Length); i++)
            {
                _output.Op(marked ? Opcode.PopMark : Opcode.Pop);
            }

            _output.TryAgain(tuple);
            return;
        }

        _output.Op(marked ? Opcode.Tuple : Opcode.Tuple1 + (byte)(tuple.Length - 1));
        _output.Memoize(tuple);
    }

    private void List(IEnumerable list)
    {
        _output.Op(Opcode.EmptyList);
        _output.Memoize(list);
        Batches(list, Opcode.Appends);
    }

    private void Set(IEnumerable set)
    {
        if (_output.Protocol >= 4)
        {
            _output.Op(Opcode.EmptySet);
            _output.Memoize(set);
            _keys++;
            Batches(set, Opcode.AddItems);
            _keys--;
            return;
        }

        SetByCall(set, "set");
    }

    private void FrozenSet(IEnumerable set)
    {
        if (_output.Protocol < 4)
        {
            SetByCall(set, "frozenset");
            return;
        }

        _output.Op(Opcode.Mark);
        Items(set);
        if (_output.IsMemoized(set))
        {
            _output.Op(Opcode.PopMark);
            _output.TryAgain(set);
            return;
        }

        _output.Op(Opcode.FrozenSet);
        _output.Memoize(set);
    }

    private void SetByCall(IEnumerable set, string name)
    {
        _output.Global("builtins", name);
        _output.Op(Opcode.Mark);
        Items(set);
        _output.Op(Opcode.List);
        _output.Op(Opcode.Tuple1);
        _output.EndCall(set);
    }

    private void Items(IEnumerable set)
    {
        _keys++;
        int index = 0;
        foreach (object? item in set)
        {
            Item(item, index++);
        }

        _keys--;
    }

    private void Batches(IEnumerable items, Opcode add)
    {
        int index = 0;
        foreach (object? item in items)
        {
            if (index % Batch == 0)
            {
                _output.Op(index > 0 ? add : null);
                _output.Op(Opcode.Mark);
            }

            Item(item, index++);
        }

        _output.Op(index > 0 ? add : null);
    }

    private void Dictionary(object dictionary)
    {
        _output.Op(Opcode.EmptyDict);
        _output.Memoize(dictionary);
        var distinct = new DistinctKeys();
        int index = 0;
        foreach (var (key, value) in CollectionKinds.Pairs(dictionary))
        {
            if (index % Batch == 0)
            {
                _output.Op(index > 0 ? Opcode.SetItems : null);
                _output.Op(Opcode.Mark);
            }

            index++;
            Key(key);
            distinct.Add(key);
            Entry(key, value);
        }

        _output.Op(index > 0 ? Opcode.SetItems : null);
    }
}
