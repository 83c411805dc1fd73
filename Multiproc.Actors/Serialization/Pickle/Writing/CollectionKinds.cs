using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Multiproc.Serialization.Pickle;

/// <summary>Specifies which Python collection a .NET collection becomes.</summary>
internal enum CollectionKind
{
    None,
    Tuple,
    List,
    Dictionary,
    Set,
    FrozenSet,
}

/// <summary>Determines the kind from the interfaces of a type, once for each type.</summary>
internal static class CollectionKinds
{
    private static readonly ConcurrentDictionary<Type, CollectionKind> s_kinds = new();

    private static readonly MethodInfo s_pairsOf = typeof(CollectionKinds).GetMethod(nameof(PairsOf), BindingFlags.NonPublic | BindingFlags.Static)!;

    public static CollectionKind Of(Type type) => s_kinds.GetOrAdd(type, Find);

    public static IEnumerable<(object? Key, object? Value)> Pairs(object dictionary)
    {
        if (dictionary is IDictionary plain)
        {
            return Entries(plain);
        }

        var pair = PairType(dictionary.GetType())!;
        return (IEnumerable<(object?, object?)>)s_pairsOf.MakeGenericMethod(pair.GetGenericArguments()).Invoke(null, [dictionary])!;
    }

    private static IEnumerable<(object? Key, object? Value)> Entries(IDictionary dictionary)
    {
        foreach (DictionaryEntry entry in dictionary)
        {
            yield return (entry.Key, entry.Value);
        }
    }

    private static IEnumerable<(object? Key, object? Value)> PairsOf<TKey, TValue>(IEnumerable<KeyValuePair<TKey, TValue>> pairs)
    {
        foreach (var (key, value) in pairs)
        {
            yield return (key, value);
        }
    }

    private static CollectionKind Find(Type type) => type switch
    {
        _ when type == typeof(PyFrozenSet) || Is(type, typeof(FrozenSet<>)) || Is(type, typeof(ImmutableHashSet<>)) => CollectionKind.FrozenSet,
        _ when typeof(ITuple).IsAssignableFrom(type) => CollectionKind.Tuple,
        _ when typeof(IDictionary).IsAssignableFrom(type) || PairType(type) is not null => CollectionKind.Dictionary,
        { IsArray: true } when type.GetArrayRank() > 1 => CollectionKind.None,
        _ when Has(type, typeof(ISet<>)) || Has(type, typeof(IReadOnlySet<>)) => CollectionKind.Set,
        _ when typeof(IList).IsAssignableFrom(type) || Has(type, typeof(IList<>)) || Has(type, typeof(IReadOnlyList<>)) => CollectionKind.List,
        _ => CollectionKind.None,
    };

    private static Type? PairType(Type type) =>
        type.GetInterfaces().FirstOrDefault(each => Is(each, typeof(IDictionary<,>)) || Is(each, typeof(IReadOnlyDictionary<,>)));

    private static bool Has(Type type, Type open) => type.GetInterfaces().Any(each => Is(each, open));

    private static bool Is(Type? type, Type open)
    {
        for (; type is not null; type = type.BaseType)
        {
            if (type.IsGenericType && type.GetGenericTypeDefinition() == open)
            {
                return true;
            }
        }

        return false;
    }
}
