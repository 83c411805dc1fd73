namespace Multiproc.Serialization.Codecs;

/// <summary>A collection that takes its items one by one, as an array of them: it exists before its items, which may refer to it.</summary>
internal sealed class GrowingCodec<TCollection, T>(
    Func<TCollection, T[]> items, Func<IComparer<T>?, TCollection> create, Action<TCollection, T> add, Func<TCollection, object?>? comparerOf = null) : Codec<TCollection>
    where TCollection : class
{
    private readonly Codec<T[]> _array = (Codec<T[]>)CodecTable.For(typeof(T[]));

    public override void Write(WriteContext context, TCollection value)
    {
        if (comparerOf is not null)
        {
            Comparers.Write<T>(context.Writer, comparerOf(value));
        }

        _array.Write(context, items(value));
    }

    public override TCollection Read(ReadContext context, ref WireReader reader, int id)
    {
        var collection = create(comparerOf is null ? null : Comparers.Read<T>(ref reader) as IComparer<T>);
        Announce(context, id, collection);
        foreach (var item in _array.Read(context, ref reader, -1))
        {
            add(collection, item);
        }

        return collection;
    }
}

/// <summary>A collection that is made of its items and never changes.</summary>
internal sealed class FrozenCodec<TCollection, T, TKey>(
    Func<TCollection, T[]> items, Func<IEqualityComparer<TKey>?, T[], TCollection> make, Func<TCollection, object?>? comparerOf = null) : Codec<TCollection>
{
    private readonly Codec<T[]> _array = (Codec<T[]>)CodecTable.For(typeof(T[]));

    public override bool IsLate(object value) => value is not ValueType;

    public override void Write(WriteContext context, TCollection value)
    {
        if (comparerOf is not null)
        {
            Comparers.Write<TKey>(context.Writer, comparerOf(value));
        }

        _array.Write(context, items(value));
    }

    public override TCollection Read(ReadContext context, ref WireReader reader, int id)
    {
        var comparer = comparerOf is null ? null : Comparers.Read<TKey>(ref reader);
        return make(comparer, _array.Read(context, ref reader, -1));
    }
}
