using Multiproc.Python.Values;
using Multiproc.Serialization.Pickle;

namespace Multiproc.Python.Referents;

/// <summary>A set, which managers of Python have from 3.14 on.</summary>
internal sealed class SetReferent<T>(SetProxy<T> set) : Referent
{
    private static readonly string[] s_exposed =
    [
        "__and__", "__contains__", "__iand__", "__ior__", "__isub__", "__iter__", "__ixor__", "__len__", "__or__", "__rand__", "__ror__", "__rsub__",
        "__rxor__", "__sub__", "__xor__", "add", "clear", "copy", "difference", "difference_update", "discard", "intersection", "intersection_update",
        "isdisjoint", "issubset", "issuperset", "pop", "remove", "symmetric_difference", "symmetric_difference_update", "union", "update",
    ];

    public override string TypeId => "set";

    public override string ProxyClass => "SetProxy";

    public override IReadOnlyList<string> Exposed => s_exposed;

    public override string Text => PythonRepr.Of(Contents());

    public override object? Copy => Contents();

    public override object? Call(Arguments given, IClient client)
    {
        switch (given.Method)
        {
            case "add":
                set.Add(Item(given.Next("item")));
                return null;
            case "discard":
                set.Remove(Item(given.Next("item")));
                return null;
            case "remove":
                object? gone = given.Next("item");
                return set.Remove(Item(gone)) ? null : throw PythonErrors.Key(gone);
            case "pop":
                return Pop();
            case "clear":
                set.Clear();
                return null;
            case "copy":
                return Contents();
            case "__contains__":
                return set.Contains(Item(given.Next("item")));
            case "__len__":
                return set.Count;
            case "__iter__":
                return new PythonObject(new PythonObject("builtins", "iter"), new PyTuple(new List<object?>(Contents())));
            case "isdisjoint":
                return !set.Overlaps(Items(given.Next("other")));
            case "issubset":
                return set.IsSubsetOf(Items(given.Next("other")));
            case "issuperset":
                return set.IsSupersetOf(Items(given.Next("other")));
            default:
                return Changed(given) ?? Combined(given);
        }
    }

    private static T Item(object? value) => Typed<T>.Key(value);

    private static T[] Items(object? other) => [.. Sequences.Items(other).Select(Item)];

    private HashSet<object?> Contents() => new(set.GetValue().Select(static each => (object?)each), PythonEquality.Instance);

    private object? Pop()
    {
        try
        {
            return set.Pop();
        }
        catch (InvalidOperationException empty) when (empty is not ObjectDisposedException)
        {
            throw PythonErrors.Key("pop from an empty set");
        }
    }

    /// <summary>The methods that change this set: null for any other method.</summary>
    private object? Changed(Arguments given)
    {
        Action<IEnumerable<T>>? change = given.Method switch
        {
            "__iand__" or "intersection_update" => set.IntersectWith,
            "__ior__" or "update" => set.UnionWith,
            "__isub__" or "difference_update" => set.ExceptWith,
            "__ixor__" or "symmetric_difference_update" => set.SymmetricExceptWith,
            _ => null,
        };
        if (change is null)
        {
            return null;
        }

        foreach (object? other in given.Given)
        {
            change(Items(other));
        }

        return true;
    }

    private HashSet<object?> Combined(Arguments given)
    {
        var contents = Contents();
        foreach (object? other in given.Given)
        {
            var items = new HashSet<object?>(Sequences.Items(other).Select(static each => (object?)Keys.Of(each)), PythonEquality.Instance);
            switch (given.Method)
            {
                case "__and__" or "__rand__" or "intersection":
                    contents.IntersectWith(items);
                    break;
                case "__or__" or "__ror__" or "union":
                    contents.UnionWith(items);
                    break;
                case "__sub__" or "difference":
                    contents.ExceptWith(items);
                    break;
                case "__rsub__":
                    items.ExceptWith(contents);
                    contents = items;
                    break;
                case "__xor__" or "__rxor__" or "symmetric_difference":
                    contents.SymmetricExceptWith(items);
                    break;
                default:
                    throw Unknown(given);
            }
        }

        return contents;
    }
}
