using Multiproc.Python.Values;
using Multiproc.Serialization.Pickle;

namespace Multiproc.Python.Referents;

/// <summary>A list.</summary>
internal sealed class ListReferent<T>(ListProxy<T> list) : Referent
{
    private const string OutOfRange = "list index out of range";
    private const string OutOfRangeToSet = "list assignment index out of range";

    private static readonly string[] s_exposed =
    [
        "__add__", "__contains__", "__delitem__", "__getitem__", "__imul__", "__len__", "__mul__", "__reversed__", "__rmul__", "__setitem__", "append", "clear",
        "copy", "count", "extend", "index", "insert", "pop", "remove", "reverse", "sort",
    ];

    public override string TypeId => "list";

    public override string ProxyClass => "ListProxy";

    public override IReadOnlyList<string> Exposed => s_exposed;

    public override string Text => PythonRepr.List(list.GetValue());

    public override object? Copy => list.GetValue();

    public override object? Call(Arguments given, IClient client)
    {
        switch (given.Method)
        {
            case "__getitem__":
                return Get(Only(given));
            case "__setitem__":
                Set(given.Next("key"), given.Next("value"));
                return null;
            case "__delitem__":
                Delete(Only(given));
                return null;
            case "__len__":
                return list.Count;
            case "append":
                list.Append(Typed<T>.From(Only(given)));
                return null;
            case "extend":
                list.Extend(All(Only(given)));
                return null;
            case "insert":
                long place = given.NextInteger("index");
                Change(items => items.Insert((int)Math.Clamp(place < 0 ? place + items.Count : place, 0, items.Count), Typed<T>.From(given.Next("object"))));
                return null;
            case "pop":
                return given.TryNext("index", out object? index) ? Pop(Arguments.Integer(index)) : Pop();
            case "clear":
                list.Clear();
                return null;
            case "reverse":
                list.Reverse();
                return null;
            case "sort":
                Sort(given);
                return null;
            case "copy":
                return list.GetValue();
            default:
                return Arithmetic(given) ?? Search(given);
        }
    }

    private static object? Only(Arguments given)
    {
        object? one = given.Next("object");
        given.End();
        return one;
    }

    private static IEnumerable<T> All(object? items) => Sequences.Items(items).Select(Typed<T>.From);

    private static Index At(long place, string otherwise) =>
        place is <= int.MinValue or > int.MaxValue ? throw PythonErrors.Index(otherwise)
            : place < 0 ? new Index((int)-place, fromEnd: true)
            : new Index((int)place);

    private object? Arithmetic(Arguments given)
    {
        switch (given.Method)
        {
            case "__add__":
                return Only(given) is List<object?> other
                    ? new List<object?>([.. list.GetValue().Select(static each => (object?)each), .. other])
                    : throw PythonErrors.Type("can only concatenate list");
            case "__mul__" or "__rmul__":
                return Repeated(list.GetValue(), Arguments.Integer(Only(given)));
            case "__imul__":
                long times = Arguments.Integer(Only(given));
                Change(items =>
                {
                    var all = Repeated(items, times);
                    items.Clear();
                    items.AddRange(all);
                });
                return new PyTuple();
            case "__reversed__":
                var reversed = list.GetValue();
                reversed.Reverse();
                return new PythonObject(new PythonObject("builtins", "iter"), new PyTuple(reversed));
            default:
                return null;
        }
    }

    private object? Search(Arguments given)
    {
        object? sought = given.Next("value");
        switch (given.Method)
        {
            case "__contains__":
                return Find(sought) >= 0;
            case "count":
                return list.GetValue().Count(each => Same(each, sought));
            case "index":
                return IndexOf(sought, given.NextInteger("start", 0), given.NextInteger("stop", long.MaxValue));
            case "remove":
                bool removed = false;
                Change(items =>
                {
                    int place = items.FindIndex(each => Same(each, sought));
                    removed = place >= 0;
                    if (removed)
                    {
                        items.RemoveAt(place);
                    }
                });
                return removed ? null : throw PythonErrors.Value("list.remove(x): x not in list");
            default:
                throw Unknown(given);
        }
    }

    private static List<T> Repeated(List<T> items, long times)
    {
        if (times * items.Count > System.Array.MaxLength / 8)
        {
            throw new PythonException(new PyTuple("the list would be too long"), "MemoryError");
        }

        var all = new List<T>();
        for (long i = 0; i < times; i++)
        {
            all.AddRange(items);
        }

        return all;
    }

    private object? Get(object? index)
    {
        if (!Values.Slice.IsSlice(index))
        {
            return InRange(() => list[At(Integer(index), OutOfRange)], OutOfRange);
        }

        var items = list.GetValue();
        return Values.Slice.Of(index, items.Count).Of(items);
    }

    private void Set(object? index, object? value)
    {
        if (Values.Slice.IsSlice(index))
        {
            T[] replacement = [.. All(value)];
            Change(items => Values.Slice.Of(index, items.Count).Replace(items, replacement));
            return;
        }

        InRange(() => list[At(Integer(index), OutOfRangeToSet)] = Typed<T>.From(value), OutOfRangeToSet);
    }

    private void Delete(object? index)
    {
        if (Values.Slice.IsSlice(index))
        {
            Change(items => Values.Slice.Of(index, items.Count).Remove(items));
            return;
        }

        InRange(() => list.Pop(At(Integer(index), OutOfRangeToSet)), OutOfRangeToSet);
    }

    private object? Pop() => list.TryPop(out var last) ? last : throw PythonErrors.Index("pop from empty list");

    private object? Pop(long place) =>
        InRange(() => list.Pop(At(place, "pop index out of range")), list.Count == 0 ? "pop from empty list" : "pop index out of range");

    private static long Integer(object? index) => index is int or long or bool
        ? Arguments.Integer(index)
        : throw PythonErrors.Type($"list indices must be integers or slices, not {PickleNames.Of(index).Split(' ')[^1]}");

    private static TResult InRange<TResult>(Func<TResult> access, string otherwise)
    {
        try
        {
            return access();
        }
        catch (Exception outside) when (outside is ArgumentOutOfRangeException or IndexOutOfRangeException)
        {
            throw PythonErrors.Index(otherwise);
        }
    }

    private int IndexOf(object? sought, long start, long stop)
    {
        var items = list.GetValue();
        int from = (int)Math.Clamp(start < 0 ? start + items.Count : start, 0, items.Count);
        int to = (int)Math.Clamp(stop < 0 ? stop + items.Count : stop, from, items.Count);
        int place = items.FindIndex(from, to - from, each => Same(each, sought));
        return place >= 0 ? place : throw PythonErrors.Value($"{PythonRepr.Of(sought)} is not in list");
    }

    /// <summary>Bytes decide, but for numbers, of which several are equal.</summary>
    private int Find(object? sought) => sought is int or long or bool or double
        ? list.GetValue().FindIndex(each => Same(each, sought))
        : list.IndexOf(Typed<T>.From(sought));

    private static bool Same(T item, object? sought) => Equality.Same(item, sought);

    private void Sort(Arguments given)
    {
        if (given.Next("key", null) is not null)
        {
            throw PythonErrors.NotImplemented("a key of Python cannot be run in a manager of a C# program: sort a copy");
        }

        bool reverse = given.NextTruth("reverse", false);
        given.End();
        Change(items =>
        {
            var sorted = Order.Sorted(items, reverse);
            items.Clear();
            items.AddRange(sorted);
        });
    }

    private void Change(Action<List<T>> change) => list.UpdateAll(change);
}
