using System.Reflection;
using System.Runtime.InteropServices;

namespace Multiproc.Serialization.Codecs;

/// <summary>
/// Writes and reads a collection in two steps: constructor arguments, then items. The fields of a derived class of the app come between them.
/// </summary>
internal interface ICollectionCodec
{
    void WriteHead(WriteContext context, object collection);

    void WriteItems(WriteContext context, object collection);

    // derived: an uninitialized object of a class that derives from the collection, on which the collection's constructor is run.
    void ReadHead(ReadContext context, ref WireReader reader, object derived);

    void ReadItems(ReadContext context, ref WireReader reader, object collection);
}

/// <summary>Runs the constructor of a base class on an object of a class that derives from it.</summary>
internal static class BaseConstructor
{
    public static void Run<TBase>(object derived)
    {
        Find<TBase>([]).Invoke(derived, BindingFlags.DoNotWrapExceptions, null, null, null);
    }

    public static void Run<TBase, TArgument>(object derived, TArgument argument)
    {
        Find<TBase>([typeof(TArgument)]).Invoke(derived, BindingFlags.DoNotWrapExceptions, null, [argument], null);
    }

    private static ConstructorInfo Find<TBase>(Type[] arguments) =>
        typeof(TBase).GetConstructor(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, arguments)
        ?? throw new InvalidOperationException($"{typeof(TBase)} has no constructor for {arguments.Length} arguments.");
}

internal sealed class ListCodec<T> : Codec<List<T>>, ICollectionCodec
{
    public override void Write(WriteContext context, List<T> value)
    {
        context.Writer.VarUInt((uint)value.Count);
        Elements<T>.Write(context, CollectionsMarshal.AsSpan(value));
    }

    public override List<T> Read(ReadContext context, ref WireReader reader, int id)
    {
        int count = reader.Count(Elements<T>.MinSize);
        var list = new List<T>(count);
        Announce(context, id, list);
        Fill(context, ref reader, list, count);
        return list;
    }

    void ICollectionCodec.WriteHead(WriteContext context, object collection)
    {
    }

    void ICollectionCodec.WriteItems(WriteContext context, object collection) => Write(context, (List<T>)collection);

    void ICollectionCodec.ReadHead(ReadContext context, ref WireReader reader, object derived) => BaseConstructor.Run<List<T>>(derived);

    void ICollectionCodec.ReadItems(ReadContext context, ref WireReader reader, object collection) =>
        Fill(context, ref reader, (List<T>)collection, reader.Count(Elements<T>.MinSize));

    private static void Fill(ReadContext context, ref WireReader reader, List<T> list, int count)
    {
        while (count-- > 0)
        {
            list.Add(Slot<T>.Read(context, ref reader));
        }
    }
}

/// <summary>A dictionary with its comparer.</summary>
internal sealed class DictionaryCodec<TDictionary, TKey, TValue, TComparer>(
    Func<TDictionary, object?> comparerOf, Func<TComparer?, TDictionary> create) : Codec<TDictionary>, ICollectionCodec
    where TDictionary : class, IDictionary<TKey, TValue>
    where TKey : notnull
    where TComparer : class
{
    public override void Write(WriteContext context, TDictionary value)
    {
        Comparers.Write<TKey>(context, comparerOf(value));
        WriteItems(context, value);
    }

    public override TDictionary Read(ReadContext context, ref WireReader reader, int id)
    {
        var dictionary = create(Comparers.Read<TComparer>(context, ref reader));
        Announce(context, id, dictionary);
        ReadItems(context, ref reader, dictionary);
        return dictionary;
    }

    void ICollectionCodec.WriteHead(WriteContext context, object collection) => Comparers.Write<TKey>(context, comparerOf((TDictionary)collection));

    void ICollectionCodec.WriteItems(WriteContext context, object collection) => WriteItems(context, (TDictionary)collection);

    void ICollectionCodec.ReadHead(ReadContext context, ref WireReader reader, object derived) =>
        BaseConstructor.Run<TDictionary, TComparer?>(derived, Comparers.Read<TComparer>(context, ref reader));

    void ICollectionCodec.ReadItems(ReadContext context, ref WireReader reader, object collection) => ReadItems(context, ref reader, (TDictionary)collection);

    private static void WriteItems(WriteContext context, TDictionary value)
    {
        context.Writer.VarUInt((uint)value.Count);
        int left = value.Count;
        foreach (var pair in value)
        {
            if (left-- == 0)
            {
                break; // A concurrent dictionary grew meanwhile: the written count is binding.
            }

            try
            {
                Slot<TKey>.Write(context, pair.Key);
                Slot<TValue>.Write(context, pair.Value);
            }
            catch (UnsendableException unsendable) when (unsendable.At($"entry '{pair.Key}'"))
            {
                throw;
            }
        }

        if (left > 0)
        {
            throw new UnsendableException("was changed by another thread while it was being sent");
        }
    }

    private static void ReadItems(ReadContext context, ref WireReader reader, TDictionary dictionary)
    {
        List<KeyValuePair<TKey, TValue>>? late = null;
        int count = reader.Count(atLeast: 2);
        while (count-- > 0)
        {
            int tangles = context.Tangles;
            var key = Slot<TKey>.Read(context, ref reader);
            bool isWhole = context.Tangles == tangles;
            var value = Slot<TValue>.Read(context, ref reader);
            if (isWhole)
            {
                Add(dictionary, key, value);
            }
            else
            {
                (late ??= []).Add(new(key, value));
            }
        }

        if (late is not null)
        {
            context.WhenWhole(() => late.ForEach(pair => Add(dictionary, pair.Key, pair.Value)));
        }
    }

    private static void Add(TDictionary dictionary, TKey key, TValue value)
    {
        if (key is null || dictionary.ContainsKey(key))
        {
            throw new SerializationException("Malformed value: a dictionary with a null key or the same key twice.");
        }

        dictionary.Add(key, value);
    }
}

internal sealed class HashSetCodec<T> : Codec<HashSet<T>>, ICollectionCodec
{
    public override void Write(WriteContext context, HashSet<T> value)
    {
        Comparers.Write<T>(context, value.Comparer);
        WriteItems(context, value);
    }

    public override HashSet<T> Read(ReadContext context, ref WireReader reader, int id)
    {
        var set = new HashSet<T>(Comparers.Read<IEqualityComparer<T>>(context, ref reader));
        Announce(context, id, set);
        ReadItems(context, ref reader, set);
        return set;
    }

    void ICollectionCodec.WriteHead(WriteContext context, object collection) => Comparers.Write<T>(context, ((HashSet<T>)collection).Comparer);

    void ICollectionCodec.WriteItems(WriteContext context, object collection) => WriteItems(context, (HashSet<T>)collection);

    void ICollectionCodec.ReadHead(ReadContext context, ref WireReader reader, object derived) =>
        BaseConstructor.Run<HashSet<T>, IEqualityComparer<T>?>(derived, Comparers.Read<IEqualityComparer<T>>(context, ref reader));

    void ICollectionCodec.ReadItems(ReadContext context, ref WireReader reader, object collection) => ReadItems(context, ref reader, (HashSet<T>)collection);

    private static void WriteItems(WriteContext context, HashSet<T> value)
    {
        T[] items = [.. value];
        context.Writer.VarUInt((uint)items.Length);
        Elements<T>.Write(context, items);
    }

    private static void ReadItems(ReadContext context, ref WireReader reader, HashSet<T> set)
    {
        List<T>? late = null;
        for (int count = reader.Count(Elements<T>.MinSize); count > 0; count--)
        {
            int tangles = context.Tangles;
            var item = Slot<T>.Read(context, ref reader);
            if (context.Tangles == tangles)
            {
                set.Add(item);
            }
            else
            {
                (late ??= []).Add(item);
            }
        }

        if (late is not null)
        {
            context.WhenWhole(() => late.ForEach(item => set.Add(item)));
        }
    }
}
