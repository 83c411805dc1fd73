using System.Collections.Frozen;

namespace Multiproc.Serialization.Pickle;

/// <summary>Converts Python's collections to typed ones.</summary>
internal static class PickleShapes
{
    public static object ToArray<T>(object? value) => Items<T>(typeof(T[]), value).ToArray();

    public static object ToList<T>(object? value) => Items<T>(typeof(List<T>), value);

    public static object ToSet<T>(object? value) => Elements<T>(typeof(HashSet<T>), value);

    public static object ToFrozenSet<T>(object? value) => Elements<T>(typeof(FrozenSet<T>), value).ToFrozenSet();

    public static object ToDictionary<TKey, TValue>(object? value)
        where TKey : notnull
    {
        if (value is not Dictionary<object, object?> pairs)
        {
            throw PickleConversion.Mismatch(typeof(Dictionary<TKey, TValue>), value);
        }

        var result = new Dictionary<TKey, TValue>(pairs.Count);
        foreach (var (key, item) in pairs)
        {
            var typed = key is TKey already ? already : (TKey?)PickleConversion.To(typeof(TKey), key is DBNull ? null : key, place: key);
            if (typed is null)
            {
                throw new PickleMisfit("has the key None, which no dictionary here can have: receive an object");
            }

            if (!result.TryAdd(typed, item is TValue same ? same : (TValue)PickleConversion.To(typeof(TValue), item, place: key)!))
            {
                throw new PickleMisfit($"has the key {PickleNames.Shown(key)} twice when keys are {TypeNames.Of(typeof(TKey))}");
            }
        }

        return result;
    }

    private static List<T> Items<T>(Type wanted, object? value)
    {
        var items = value switch
        {
            List<object?> list => (IReadOnlyList<object?>)list,
            PyTuple tuple => tuple,
            _ => throw PickleConversion.Mismatch(wanted, value),
        };
        var result = new List<T>(items.Count);
        for (int i = 0; i < items.Count; i++)
        {
            result.Add(items[i] is T item ? item : (T)PickleConversion.To(typeof(T), items[i], place: i)!);
        }

        return result;
    }

    private static HashSet<T> Elements<T>(Type wanted, object? value)
    {
        var items = value is HashSet<object?> or PyFrozenSet ? (IEnumerable<object?>)value : throw PickleConversion.Mismatch(wanted, value);
        var result = new HashSet<T>();
        foreach (object? item in items)
        {
            if (!result.Add((T)PickleConversion.To(typeof(T), item, place: item)!))
            {
                throw new PickleMisfit($"has {PickleNames.Shown(item)} twice when its elements are {TypeNames.Of(typeof(T))}");
            }
        }

        return result;
    }
}
