using System.Buffers;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;

namespace Multiproc.Serialization.Codecs;

/// <summary>Selects the codec of a known generic collection. One method per shape, instantiated for the element types.</summary>
internal static class Collections
{
    private const string LookupName = "System.Linq.Lookup`2";

    // forDerived: whether the codec is for a class of the app that derives from the type, which may be abstract.
    public static Codec? Find(Type type, bool forDerived = false)
    {
        if (type.Namespace == "System.Collections.Frozen" && !type.IsPublic && SendableTypes.IsFramework(type) && FrozenBaseOf(type) is { } frozen)
        {
            return Find(frozen); // The classes of frozen collections are many, and .NET's own.
        }

        if (type.BaseType is { IsGenericType: true, Namespace: "System.Linq" } lookup && SendableTypes.IsFramework(type)
            && lookup.GetGenericTypeDefinition().FullName == LookupName)
        {
            return Find(lookup); // What ToLookup() makes for some inputs.
        }

        if (!type.IsGenericType)
        {
            return null;
        }

        string? factory = NameOfFactory(type.GetGenericTypeDefinition()) ?? (
            forDerived && type.GetGenericTypeDefinition().FullName == "System.Collections.ObjectModel.KeyedCollection`2" ? nameof(OfKeyedCollection) : null);
        if (factory is null)
        {
            return null;
        }

        var method = typeof(Collections).GetMethod(factory, System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!;
        return (Codec)method.MakeGenericMethod(type.GetGenericArguments()).Invoke(null, null)!;
    }

    private static string? NameOfFactory(Type shape) =>
        shape == typeof(List<>) ? nameof(OfList)
        : shape == typeof(Dictionary<,>) ? nameof(OfDictionary)
        : shape == typeof(HashSet<>) ? nameof(OfHashSet)
        : shape == typeof(Queue<>) ? nameof(OfQueue)
        : shape == typeof(Stack<>) ? nameof(OfStack)
        : shape == typeof(LinkedList<>) ? nameof(OfLinkedList)
        : shape == typeof(SortedDictionary<,>) ? nameof(OfSortedDictionary)
        : shape == typeof(SortedList<,>) ? nameof(OfSortedList)
        : shape == typeof(SortedSet<>) ? nameof(OfSortedSet)
        : shape == typeof(ConcurrentDictionary<,>) ? nameof(OfConcurrentDictionary)
        : shape == typeof(ConcurrentQueue<>) ? nameof(OfConcurrentQueue)
        : shape == typeof(ConcurrentStack<>) ? nameof(OfConcurrentStack)
        : shape == typeof(ConcurrentBag<>) ? nameof(OfConcurrentBag)
        : shape == typeof(ImmutableList<>) ? nameof(OfImmutableList)
        : shape == typeof(ImmutableHashSet<>) ? nameof(OfImmutableHashSet)
        : shape == typeof(ImmutableSortedSet<>) ? nameof(OfImmutableSortedSet)
        : shape == typeof(ImmutableQueue<>) ? nameof(OfImmutableQueue)
        : shape == typeof(ImmutableStack<>) ? nameof(OfImmutableStack)
        : shape == typeof(ImmutableDictionary<,>) ? nameof(OfImmutableDictionary)
        : shape == typeof(ImmutableSortedDictionary<,>) ? nameof(OfImmutableSortedDictionary)
        : shape == typeof(Memory<>) ? nameof(OfMemory)
        : shape == typeof(ReadOnlyMemory<>) ? nameof(OfReadOnlyMemory)
        : shape == typeof(ArraySegment<>) ? nameof(OfArraySegment)
        : SendableTypes.IsFramework(shape) ? NameOfRare(shape.FullName)
        : null;

    /// <summary>Matches types by name: referring to these types would load assemblies that most processes never need.</summary>
    private static string? NameOfRare(string? shape) => shape switch
    {
        "System.Collections.Generic.PriorityQueue`2" => nameof(OfPriorityQueue),
        "System.Collections.Generic.OrderedDictionary`2" => nameof(OfOrderedDictionary),
        "System.Collections.Frozen.FrozenDictionary`2" => nameof(OfFrozenDictionary),
        "System.Collections.Frozen.FrozenSet`1" => nameof(OfFrozenSet),
        "System.Collections.ObjectModel.ReadOnlyObservableCollection`1" => nameof(OfReadOnlyObservableCollection),
        "System.Buffers.ReadOnlySequence`1" => nameof(OfReadOnlySequence),
        LookupName => nameof(OfLookup),
        "System.Linq.EmptyLookup`2" => nameof(OfEmptyLookup),
        _ => null,
    };

    private static Type? FrozenBaseOf(Type type)
    {
        for (var level = type.BaseType; level is not null; level = level.BaseType)
        {
            if (level.IsGenericType
                    && level.GetGenericTypeDefinition().FullName is "System.Collections.Frozen.FrozenDictionary`2" or "System.Collections.Frozen.FrozenSet`1")
            {
                return level;
            }
        }

        return null;
    }

    private static ListCodec<T> OfList<T>() => new();

    private static HashSetCodec<T> OfHashSet<T>() => new();

    private static Codec OfDictionary<TKey, TValue>()
        where TKey : notnull =>
        new DictionaryCodec<Dictionary<TKey, TValue>, TKey, TValue, IEqualityComparer<TKey>>(d => d.Comparer, c => new(c));

    private static Codec OfOrderedDictionary<TKey, TValue>()
        where TKey : notnull =>
        new DictionaryCodec<OrderedDictionary<TKey, TValue>, TKey, TValue, IEqualityComparer<TKey>>(d => d.Comparer, c => new(c));

    private static Codec OfConcurrentDictionary<TKey, TValue>()
        where TKey : notnull =>
        new DictionaryCodec<ConcurrentDictionary<TKey, TValue>, TKey, TValue, IEqualityComparer<TKey>>(d => d.Comparer, c => new(c));

    private static Codec OfSortedDictionary<TKey, TValue>()
        where TKey : notnull =>
        new DictionaryCodec<SortedDictionary<TKey, TValue>, TKey, TValue, IComparer<TKey>>(d => d.Comparer, c => new(c));

    private static Codec OfSortedList<TKey, TValue>()
        where TKey : notnull =>
        new DictionaryCodec<SortedList<TKey, TValue>, TKey, TValue, IComparer<TKey>>(d => d.Comparer, c => new(c));

    private static Codec OfQueue<T>() => new GrowingCodec<Queue<T>, T>(c => [.. c], () => new(), (c, item) => c.Enqueue(item));

    private static Codec OfStack<T>() => new GrowingCodec<Stack<T>, T>(Reversed, () => new(), (c, item) => c.Push(item));

    private static Codec OfLinkedList<T>() => new GrowingCodec<LinkedList<T>, T>(c => [.. c], () => new(), (c, item) => c.AddLast(item));

    private static Codec OfSortedSet<T>() =>
        new OrderedCodec<SortedSet<T>, T, T, IComparer<T>>(c => [.. c], c => c.Comparer, c => new(c), (c, item) => c.Add(item));

    // In the order of the heap, so that items of equal priority come out in the same order as at the sender.
    private static Codec OfPriorityQueue<TItem, TPriority>() => new OrderedCodec<PriorityQueue<TItem, TPriority>, (
        TItem Item, TPriority Priority), TPriority, IComparer<TPriority>>(
        c => [.. c.UnorderedItems], c => c.Comparer, c => new(c), (c, item) => c.Enqueue(item.Item, item.Priority));

    private static Codec OfConcurrentQueue<T>() => new GrowingCodec<ConcurrentQueue<T>, T>(c => c.ToArray(), () => new(), (c, item) => c.Enqueue(item));

    private static Codec OfConcurrentStack<T>() => new GrowingCodec<ConcurrentStack<T>, T>(Reversed, () => new(), (c, item) => c.Push(item));

    private static Codec OfConcurrentBag<T>() => new GrowingCodec<ConcurrentBag<T>, T>(Reversed, () => new(), (c, item) => c.Add(item));

    private static Codec OfKeyedCollection<TKey, TItem>()
        where TKey : notnull => new KeyedCodec<TKey, TItem>();

    private static Codec OfReadOnlyObservableCollection<T>() =>
        new WrapperCodec<ReadOnlyObservableCollection<T>, ObservableCollection<T>>("_list", typeof(ReadOnlyCollection<T>), inner => new(inner));

    private static Codec OfImmutableList<T>() => new FrozenCodec<ImmutableList<T>, T>(c => [.. c], items => [.. items]);

    private static Codec OfImmutableQueue<T>() => new FrozenCodec<ImmutableQueue<T>, T>(c => [.. c], items => ImmutableQueue.Create(items));

    private static Codec OfImmutableStack<T>() => new FrozenCodec<ImmutableStack<T>, T>(Reversed, items => ImmutableStack.Create(items));

    private static Codec OfImmutableHashSet<T>() => new FrozenOrderCodec<ImmutableHashSet<T>, T, T, IEqualityComparer<T>, int>(
        c => [.. c], c => c.KeyComparer, (comparer, _, items) => ImmutableHashSet.Create(comparer, items));

    private static Codec OfImmutableSortedSet<T>() => new FrozenOrderCodec<ImmutableSortedSet<T>, T, T, IComparer<T>, int>(
        c => [.. c], c => c.KeyComparer, (comparer, _, items) => ImmutableSortedSet.Create(comparer, items));

    private static Codec OfImmutableDictionary<TKey, TValue>()
        where TKey : notnull => new FrozenOrderCodec<ImmutableDictionary<TKey, TValue>, KeyValuePair<TKey, TValue>, TKey, IEqualityComparer<TKey>, TValue>(
            c => [.. c], c => c.KeyComparer, (keys, values, items) => ImmutableDictionary.CreateRange(keys, values, items), c => c.ValueComparer);

    private static Codec OfImmutableSortedDictionary<TKey, TValue>()
        where TKey : notnull => new FrozenOrderCodec<ImmutableSortedDictionary<TKey, TValue>, KeyValuePair<TKey, TValue>, TKey, IComparer<TKey>, TValue>(
            c => [.. c], c => c.KeyComparer, (keys, values, items) => ImmutableSortedDictionary.CreateRange(keys, values, items), c => c.ValueComparer);

    private static Codec OfFrozenDictionary<TKey, TValue>()
        where TKey : notnull => new FrozenOrderCodec<FrozenDictionary<TKey, TValue>, KeyValuePair<TKey, TValue>, TKey, IEqualityComparer<TKey>, int>(
            c => [.. c], c => c.Comparer, (comparer, _, items) => items.ToFrozenDictionary(comparer));

    private static Codec OfFrozenSet<T>() => new FrozenOrderCodec<FrozenSet<T>, T, T, IEqualityComparer<T>, int>(
        c => [.. c], c => c.Comparer, (comparer, _, items) => items.ToFrozenSet(comparer));

    private static Codec OfLookup<TKey, TElement>()
    {
        var comparer = typeof(Lookup<TKey, TElement>).GetField("_comparer", System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic);
        return new FrozenOrderCodec<Lookup<TKey, TElement>, KeyValuePair<TKey, TElement>, TKey, IEqualityComparer<TKey>, int>(
            static c => [.. c.SelectMany(static group => group, static (group, element) => KeyValuePair.Create(group.Key, element))],
            c => comparer!.GetValue(c),
            static (keys, _, items) => (Lookup<TKey, TElement>)items.ToLookup(static item => item.Key, static item => item.Value, keys));
    }

    private static Codec OfEmptyLookup<TKey, TElement>() => new SimpleCodec<ILookup<TKey, TElement>>(
        static (_, _) => { }, static (ref WireReader _) => Array.Empty<TElement>().ToLookup(static _ => default(TKey)!));

    private static Codec OfMemory<T>() => new WindowCodec<Memory<T>, T>(c => c.Equals(default), c => c.ToArray(), items => items);

    private static Codec OfReadOnlyMemory<T>() => new WindowCodec<ReadOnlyMemory<T>, T>(c => c.Equals(default), c => c.ToArray(), items => items);

    private static Codec OfArraySegment<T>() => new WindowCodec<ArraySegment<T>, T>(c => c.Array is null, c => c.ToArray(), items => items);

    private static Codec OfReadOnlySequence<T>() =>
        new WindowCodec<ReadOnlySequence<T>, T>(c => c.Start.GetObject() is null, c => c.ToArray(), items => new(items));

    private static T[] Reversed<T>(IEnumerable<T> top)
    {
        T[] items = [.. top];
        Array.Reverse(items);
        return items;
    }
}
