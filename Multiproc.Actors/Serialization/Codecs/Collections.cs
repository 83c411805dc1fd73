using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Multiproc.Serialization.Codecs;

internal sealed class ListCodec<T> : Codec<List<T>>
{
    public override void Write(WriteContext context, List<T> value)
    {
        context.Writer.VarUInt((uint)value.Count);
        Elements<T>.Write(context, CollectionsMarshal.AsSpan(value));
    }

    public override List<T> Read(ReadContext context, ref WireReader reader, int id)
    {
        int count = reader.Count();
        var list = new List<T>(count);
        Announce(context, id, list);
        while (count-- > 0)
        {
            list.Add(Slot<T>.Read(context, ref reader));
        }

        return list;
    }
}

/// <summary>A dictionary with its comparer, if that is one of .NET's own for strings or the default.</summary>
internal sealed class DictionaryCodec<TDictionary, TKey, TValue>(
    Func<TDictionary, object?> comparerOf, Func<IEqualityComparer<TKey>?, TDictionary> create) : Codec<TDictionary>
    where TDictionary : IDictionary<TKey, TValue>
    where TKey : notnull
{
    public override void Write(WriteContext context, TDictionary value)
    {
        Comparers.Write(context.Writer, comparerOf(value), typeof(TKey));
        context.Writer.VarUInt((uint)value.Count);
        int left = value.Count;
        foreach (var pair in value)
        {
            if (left-- == 0)
            {
                break; // A concurrent dictionary grew meanwhile: the count that was written holds.
            }

            try
            {
                Slot<TKey>.Write(context, pair.Key);
                Slot<TValue>.Write(context, pair.Value);
            }
            catch (UnsendableException unsendable)
            {
                unsendable.At($"entry '{pair.Key}'");
                throw;
            }
        }

        if (left > 0)
        {
            throw new UnsendableException("was changed by another thread while it was being sent");
        }
    }

    public override TDictionary Read(ReadContext context, ref WireReader reader, int id)
    {
        var dictionary = create(Comparers.Read<TKey>(ref reader));
        Announce(context, id, dictionary);
        int count = reader.Count(atLeast: 2);
        while (count-- > 0)
        {
            var key = Slot<TKey>.Read(context, ref reader);
            var value = Slot<TValue>.Read(context, ref reader);
            if (key is null || dictionary.ContainsKey(key))
            {
                throw new SerializationException("Malformed value: a dictionary with a null key or the same key twice.");
            }

            dictionary.Add(key, value);
        }

        return dictionary;
    }
}

internal sealed class HashSetCodec<T> : Codec<HashSet<T>>
{
    public override void Write(WriteContext context, HashSet<T> value)
    {
        Comparers.Write(context.Writer, value.Comparer, typeof(T));
        T[] items = [.. value];
        context.Writer.VarUInt((uint)items.Length);
        Elements<T>.Write(context, items);
    }

    public override HashSet<T> Read(ReadContext context, ref WireReader reader, int id)
    {
        var set = new HashSet<T>(Comparers.Read<T>(ref reader));
        Announce(context, id, set);
        for (int count = reader.Count(); count > 0; count--)
        {
            set.Add(Slot<T>.Read(context, ref reader));
        }

        return set;
    }
}

/// <summary>Any collection that is made of its items: written as a sequence.</summary>
internal sealed class SequenceCodec<TCollection, T>(Func<TCollection, T[]> items, Func<T[], TCollection> make) : Codec<TCollection>
{
    private static readonly bool s_mayContainItself =
        !typeof(TCollection).IsValueType && !typeof(T).IsSealed && RuntimeHelpers.IsReferenceOrContainsReferences<T>();

    public override void Write(WriteContext context, TCollection value)
    {
        T[] all = items(value);
        context.Writer.VarUInt((uint)all.Length);
        if (!s_mayContainItself)
        {
            Elements<T>.Write(context, all);
            return;
        }

        context.Open(value!);
        Elements<T>.Write(context, all);
        context.Close(value!);
    }

    public override TCollection Read(ReadContext context, ref WireReader reader, int id)
    {
        var all = new T[reader.Count()];
        for (int i = 0; i < all.Length; i++)
        {
            all[i] = Slot<T>.Read(context, ref reader);
        }

        try
        {
            return make(all);
        }
        catch (Exception invalid) when (invalid is ArgumentException or InvalidOperationException)
        {
            throw new SerializationException($"Malformed value: these items do not make a {typeof(TCollection).Name} ({invalid.Message}).", invalid);
        }
    }
}

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
        : shape == typeof(ReadOnlyCollection<>) ? nameof(OfReadOnlyCollection)
        : shape == typeof(ImmutableArray<>) ? nameof(OfImmutableArray)
        : shape == typeof(ImmutableList<>) ? nameof(OfImmutableList)
        : shape == typeof(ImmutableHashSet<>) ? nameof(OfImmutableHashSet)
        : shape == typeof(ImmutableDictionary<,>) ? nameof(OfImmutableDictionary)
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
        new DictionaryCodec<SortedDictionary<TKey, TValue>, TKey, TValue>(d => Comparers.OrderOrNull(d.Comparer), c => new SortedDictionary<TKey, TValue>(c as IComparer<TKey>));

    private static Codec OfSortedList<TKey, TValue>()
        where TKey : notnull =>
        new DictionaryCodec<SortedList<TKey, TValue>, TKey, TValue>(d => Comparers.OrderOrNull(d.Comparer), c => new SortedList<TKey, TValue>(c as IComparer<TKey>));

    private static Codec OfQueue<T>() => new SequenceCodec<Queue<T>, T>(c => [.. c], items => new Queue<T>(items));

    private static Codec OfStack<T>() => new SequenceCodec<Stack<T>, T>(Reversed, items => new Stack<T>(items));

    private static Codec OfLinkedList<T>() => new SequenceCodec<LinkedList<T>, T>(c => [.. c], items => new LinkedList<T>(items));

    private static Codec OfSortedSet<T>() => new SequenceCodec<SortedSet<T>, T>(
        c => Comparers.OrderOrNull(c.Comparer) is null ? [.. c] : throw new UnsendableException("has a comparer of its own: send the items and sort them there"),
        items => new SortedSet<T>(items));

    private static Codec OfConcurrentQueue<T>() => new SequenceCodec<ConcurrentQueue<T>, T>(c => c.ToArray(), items => new ConcurrentQueue<T>(items));

    private static Codec OfConcurrentStack<T>() => new SequenceCodec<ConcurrentStack<T>, T>(Reversed, items => new ConcurrentStack<T>(items));

    private static Codec OfConcurrentBag<T>() => new SequenceCodec<ConcurrentBag<T>, T>(c => c.ToArray(), items => new ConcurrentBag<T>(items));

    private static Codec OfReadOnlyCollection<T>() => new SequenceCodec<ReadOnlyCollection<T>, T>(c => [.. c], items => new ReadOnlyCollection<T>(items));

    private static Codec OfImmutableArray<T>() => new SequenceCodec<ImmutableArray<T>, T>(c => c.IsDefault ? [] : [.. c], items => ImmutableCollectionsMarshal.AsImmutableArray(items));

    private static Codec OfImmutableList<T>() => new SequenceCodec<ImmutableList<T>, T>(c => [.. c], items => [.. items]);

    private static Codec OfImmutableHashSet<T>() => new SequenceCodec<ImmutableHashSet<T>, T>(
        c => Comparers.IsDefault(c.KeyComparer) ? [.. c] : throw new UnsendableException(Comparers.Foreign), items => [.. items]);

    private static Codec OfImmutableDictionary<TKey, TValue>()
        where TKey : notnull => new SequenceCodec<ImmutableDictionary<TKey, TValue>, KeyValuePair<TKey, TValue>>(
            c => Comparers.IsDefault(c.KeyComparer) ? [.. c] : throw new UnsendableException(Comparers.Foreign), items => ImmutableDictionary.CreateRange(items));

    private static Codec OfMemory<T>() => new SequenceCodec<Memory<T>, T>(c => c.ToArray(), items => items);

    private static Codec OfReadOnlyMemory<T>() => new SequenceCodec<ReadOnlyMemory<T>, T>(c => c.ToArray(), items => items);

    private static Codec OfArraySegment<T>() => new SequenceCodec<ArraySegment<T>, T>(c => c.Array is null ? [] : c.ToArray(), items => items);

    private static T[] Reversed<T>(IEnumerable<T> top)
    {
        T[] items = [.. top];
        Array.Reverse(items);
        return items;
    }
}
