using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Multiproc.Serialization.Codecs;

/// <summary>Which codec a known generic collection has. One method per shape, made generic for the elements at hand.</summary>
internal static class Collections
{
    public static Codec? Find(Type type)
    {
        if (!type.IsGenericType)
        {
            return null;
        }

        string? factory = NameOfFactory(type.GetGenericTypeDefinition());
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
        : null;

    private static ListCodec<T> OfList<T>() => new();

    private static HashSetCodec<T> OfHashSet<T>() => new();

    private static Codec OfDictionary<TKey, TValue>()
        where TKey : notnull =>
        new DictionaryCodec<Dictionary<TKey, TValue>, TKey, TValue>(d => d.Comparer, c => new Dictionary<TKey, TValue>(c));

    private static Codec OfConcurrentDictionary<TKey, TValue>()
        where TKey : notnull =>
        new DictionaryCodec<ConcurrentDictionary<TKey, TValue>, TKey, TValue>(d => d.Comparer, c => new ConcurrentDictionary<TKey, TValue>(c));

    private static Codec OfSortedDictionary<TKey, TValue>()
        where TKey : notnull =>
        new DictionaryCodec<SortedDictionary<TKey, TValue>, TKey, TValue>(d => d.Comparer, c => new SortedDictionary<TKey, TValue>(c as IComparer<TKey>));

    private static Codec OfSortedList<TKey, TValue>()
        where TKey : notnull =>
        new DictionaryCodec<SortedList<TKey, TValue>, TKey, TValue>(d => d.Comparer, c => new SortedList<TKey, TValue>(c as IComparer<TKey>));

    private static Codec OfQueue<T>() => new GrowingCodec<Queue<T>, T>(c => [.. c], _ => new Queue<T>(), (c, item) => c.Enqueue(item));

    private static Codec OfStack<T>() => new GrowingCodec<Stack<T>, T>(Reversed, _ => new Stack<T>(), (c, item) => c.Push(item));

    private static Codec OfLinkedList<T>() => new GrowingCodec<LinkedList<T>, T>(c => [.. c], _ => new LinkedList<T>(), (c, item) => c.AddLast(item));

    private static Codec OfSortedSet<T>() => new GrowingCodec<SortedSet<T>, T>(
        c => [.. c], comparer => new SortedSet<T>(comparer), (c, item) => c.Add(item), c => c.Comparer);

    private static Codec OfConcurrentQueue<T>() => new GrowingCodec<ConcurrentQueue<T>, T>(c => c.ToArray(), _ => new ConcurrentQueue<T>(), (c, item) => c.Enqueue(item));

    private static Codec OfConcurrentStack<T>() => new GrowingCodec<ConcurrentStack<T>, T>(Reversed, _ => new ConcurrentStack<T>(), (c, item) => c.Push(item));

    private static Codec OfConcurrentBag<T>() => new GrowingCodec<ConcurrentBag<T>, T>(c => c.ToArray(), _ => new ConcurrentBag<T>(), (c, item) => c.Add(item));

    private static Codec OfImmutableList<T>() => new FrozenCodec<ImmutableList<T>, T, T>(c => [.. c], (_, items) => [.. items]);

    private static Codec OfImmutableQueue<T>() => new FrozenCodec<ImmutableQueue<T>, T, T>(c => [.. c], (_, items) => ImmutableQueue.Create(items));

    private static Codec OfImmutableStack<T>() => new FrozenCodec<ImmutableStack<T>, T, T>(Reversed, (_, items) => ImmutableStack.Create(items));

    private static Codec OfImmutableHashSet<T>() => new FrozenCodec<ImmutableHashSet<T>, T, T>(c => [.. c], (comparer, items) => ImmutableHashSet.Create(comparer, items), c => c.KeyComparer);

    private static Codec OfImmutableSortedSet<T>() => new FrozenCodec<ImmutableSortedSet<T>, T, T>(c => [.. c], (comparer, items) => ImmutableSortedSet.Create(comparer as IComparer<T>, items), c => c.KeyComparer);

    private static Codec OfImmutableDictionary<TKey, TValue>()
        where TKey : notnull => new FrozenCodec<ImmutableDictionary<TKey, TValue>, KeyValuePair<TKey, TValue>, TKey>(
            c => [.. c], (comparer, items) => ImmutableDictionary.CreateRange(comparer, items), c => c.KeyComparer);

    private static Codec OfImmutableSortedDictionary<TKey, TValue>()
        where TKey : notnull => new FrozenCodec<ImmutableSortedDictionary<TKey, TValue>, KeyValuePair<TKey, TValue>, TKey>(
            c => [.. c], (comparer, items) => ImmutableSortedDictionary.CreateRange(comparer as IComparer<TKey>, items), c => c.KeyComparer);

    private static Codec OfMemory<T>() => new FrozenCodec<Memory<T>, T, T>(c => c.ToArray(), (_, items) => items);

    private static Codec OfReadOnlyMemory<T>() => new FrozenCodec<ReadOnlyMemory<T>, T, T>(c => c.ToArray(), (_, items) => items);

    private static Codec OfArraySegment<T>() => new FrozenCodec<ArraySegment<T>, T, T>(c => c.Array is null ? [] : c.ToArray(), (_, items) => items);

    private static T[] Reversed<T>(IEnumerable<T> top)
    {
        T[] items = [.. top];
        Array.Reverse(items);
        return items;
    }
}
