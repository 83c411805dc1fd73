using System.Reflection;

namespace Multiproc.Serialization.Codecs;

/// <summary>
/// Sends F#'s list, map and set as their items. The types are found by name, so this library does not depend on F#. Records, unions and options are ordinary
/// classes.
/// </summary>
internal static class FSharpCollections
{
    private const string Space = "Microsoft.FSharp.Collections.";

    public static Codec? Find(Type type)
    {
        if (!type.IsGenericType || type.Namespace is not "Microsoft.FSharp.Collections" || type.IsNested)
        {
            return null;
        }

        string? factory = type.GetGenericTypeDefinition().FullName switch
        {
            Space + "FSharpList`1" => nameof(OfList),
            Space + "FSharpSet`1" => nameof(OfSet),
            Space + "FSharpMap`2" => nameof(OfMap),
            _ => null,
        };
        return factory is null
            ? null
            : (Codec)typeof(FSharpCollections).GetMethod(factory, BindingFlags.NonPublic | BindingFlags.Static)!
                .MakeGenericMethod([type, .. type.GetGenericArguments()]).Invoke(null, BindingFlags.DoNotWrapExceptions, null, null, null)!;
    }

    private static FrozenCodec<TList, T> OfList<TList, T>()
        where TList : class, IEnumerable<T>
    {
        var empty = (TList)typeof(TList).GetProperty("Empty", BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!;
        var cons = typeof(TList).GetMethod("Cons", BindingFlags.Public | BindingFlags.Static)!.CreateDelegate<Func<T, TList, TList>>();
        return new FrozenCodec<TList, T>(static list => [.. list], items =>
        {
            var list = empty;
            for (int i = items.Length - 1; i >= 0; i--)
            {
                list = cons(items[i], list);
            }

            return list;
        });
    }

    // Sets and maps of F# are ordered by the type of the key alone: they have no comparer.
    private static FrozenOrderCodec<TSet, T, T, IComparer<T>, int> OfSet<TSet, T>()
        where TSet : class, IEnumerable<T>
    {
        var make = typeof(TSet).GetConstructor([typeof(IEnumerable<T>)])!;
        return new(static set => [.. set], static _ => null, (_, _, items) => (TSet)make.Invoke(BindingFlags.DoNotWrapExceptions, null, [items], null));
    }

    private static FrozenOrderCodec<TMap, KeyValuePair<TKey, TValue>, TKey, IComparer<TKey>, int> OfMap<TMap, TKey, TValue>()
        where TMap : class, IEnumerable<KeyValuePair<TKey, TValue>>
    {
        var make = typeof(TMap).GetConstructor([typeof(IEnumerable<Tuple<TKey, TValue>>)])!;
        return new(
            static map => [.. map],
            static _ => null,
            (_, _, items) =>
                (TMap)make.Invoke(BindingFlags.DoNotWrapExceptions, null, [Array.ConvertAll(items, static each => Tuple.Create(each.Key, each.Value))], null));
    }
}
