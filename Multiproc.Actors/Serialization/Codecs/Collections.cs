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
        int count = reader.Count(Elements<T>.MinSize);
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
        Comparers.Write<TKey>(context.Writer, comparerOf(value));
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
        Comparers.Write<T>(context.Writer, value.Comparer);
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
