using Multiproc.Python.Values;
using Multiproc.Serialization.Pickle;

namespace Multiproc.Python.Referents;

/// <summary>A dict.</summary>
internal sealed class DictionaryReferent<TKey, TValue>(DictionaryProxy<TKey, TValue> dictionary) : Referent
    where TKey : notnull
{
    private static readonly string[] s_exposed =
    [
        "__contains__", "__delitem__", "__getitem__", "__ior__", "__iter__", "__len__", "__or__", "__reversed__", "__ror__", "__setitem__", "clear", "copy",
        "fromkeys", "get", "items", "keys", "pop", "popitem", "setdefault", "update", "values",
    ];

    public override string TypeId => "dict";

    public override string ProxyClass => "DictProxy";

    public override IReadOnlyList<string> Exposed => s_exposed;

    public override string Text => PythonRepr.Dictionary(dictionary.Items().Select(static each => ((object?)each.Key, (object?)each.Value)));

    public override object? Copy => Contents();

    public override object? Call(Arguments given, IClient client)
    {
        switch (given.Method)
        {
            case "__getitem__":
                object? asked = given.Next("key");
                return dictionary.TryGetValue(Key(asked), out var found) ? found : throw PythonErrors.Key(asked);
            case "__setitem__":
                dictionary[Key(given.Next("key"))] = Typed<TValue>.From(given.Next("value"));
                return null;
            case "__delitem__":
                object? dropped = given.Next("key");
                return dictionary.Remove(Key(dropped)) ? null : throw PythonErrors.Key(dropped);
            case "__contains__":
                return dictionary.ContainsKey(Key(given.Next("key")));
            case "__len__":
                return dictionary.Count;
            case "get":
                return dictionary.TryGetValue(Key(given.Next("key")), out var got) ? got : given.Next("default", null);
            case "setdefault":
                return dictionary.GetOrAdd(Key(given.Next("key")), Typed<TValue>.From(given.Next("default", null)));
            case "pop":
                object? popped = given.Next("key");
                return dictionary.Remove(Key(popped), out var value) ? value
                    : given.TryNext("default", out object? otherwise) ? otherwise
                    : throw PythonErrors.Key(popped);
            case "popitem":
                return PopItem();
            case "clear":
                dictionary.Clear();
                return null;
            case "update" or "__ior__":
                Update(given);
                return null;
            default:
                return Views(given);
        }
    }

    private object? Views(Arguments given)
    {
        switch (given.Method)
        {
            case "__iter__":
                return new KeyIterator([.. dictionary.Items().Select(static each => (object?)each.Key)], () => dictionary.Count);
            case "__reversed__":
                return new PythonObject(new PythonObject("builtins", "iter"), new PyTuple(new List<object?>(Contents().Keys.Reverse())));
            case "keys":
                return new List<object?>(dictionary.Items().Select(static each => (object?)each.Key));
            case "values":
                return new List<object?>(dictionary.Items().Select(static each => (object?)each.Value));
            case "items":
                return new List<object?>(dictionary.Items().Select(static each => (object?)new PyTuple(each.Key, each.Value)));
            case "copy":
                return Contents();
            case "__or__":
                return Joined(Contents(), Sequences.Entries(given.Next("other")));
            case "__ror__":
                return Joined(Joined(Empty(), Sequences.Entries(given.Next("other"))), Contents().Select(static each => ((object?)each.Key, each.Value)));
            case "fromkeys":
                var keys = Sequences.Items(given.Next("iterable"));
                object? each = given.Next("value", null);
                return Joined(Empty(), keys.Select(key => (key, each)));
            default:
                throw Unknown(given);
        }
    }

    private static TKey Key(object? key) => Typed<TKey>.Key(key);

    private static Dictionary<object, object?> Empty() => new(PythonEquality.Instance);

    private static Dictionary<object, object?> Joined(Dictionary<object, object?> into, IEnumerable<(object? Key, object? Value)> entries)
    {
        foreach (var (key, value) in entries)
        {
            into[Keys.Of(key)] = value;
        }

        return into;
    }

    private Dictionary<object, object?> Contents() => Joined(Empty(), dictionary.Items().Select(static each => ((object?)each.Key, (object?)each.Value)));

    private PyTuple PopItem()
    {
        try
        {
            var (key, value) = dictionary.PopItem();
            return new PyTuple(key, value);
        }
        catch (Exception empty) when (empty is KeyNotFoundException or InvalidOperationException)
        {
            throw PythonErrors.Key("popitem(): dictionary is empty");
        }
    }

    private void Update(Arguments given)
    {
        IEnumerable<(object? Key, object? Value)> entries = given.Given.Count > 0 ? Sequences.Entries(given.Given[0]) : [];
        var all = entries.Concat(given.Named.Select(static each => (Key: (object?)each.Key, each.Value)))
            .Select(static each => KeyValuePair.Create(Key(each.Key), Typed<TValue>.From(each.Value)));
        dictionary.SetMany([.. all]);
    }
}
