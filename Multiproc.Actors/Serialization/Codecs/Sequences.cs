namespace Multiproc.Serialization.Codecs;

/// <summary>Sends a mutable collection as an array of its items. It is created before its items, which may refer to it.</summary>
internal sealed class GrowingCodec<TCollection, T>(
    Func<TCollection, T[]> items, Func<TCollection> create, Action<TCollection, T> add) : Codec<TCollection>, ICollectionCodec
    where TCollection : class
{
    private readonly Codec<T[]> _array = (Codec<T[]>)CodecTable.For(typeof(T[]));

    public override void Write(WriteContext context, TCollection value) => _array.Write(context, items(value));

    public override TCollection Read(ReadContext context, ref WireReader reader, int id)
    {
        var collection = create();
        Announce(context, id, collection);
        Fill(context, ref reader, collection);
        return collection;
    }

    void ICollectionCodec.WriteHead(WriteContext context, object collection)
    {
    }

    void ICollectionCodec.WriteItems(WriteContext context, object collection) => Write(context, (TCollection)collection);

    void ICollectionCodec.ReadHead(ReadContext context, ref WireReader reader, object derived) => BaseConstructor.Run<TCollection>(derived);

    void ICollectionCodec.ReadItems(ReadContext context, ref WireReader reader, object collection) => Fill(context, ref reader, (TCollection)collection);

    private void Fill(ReadContext context, ref WireReader reader, TCollection collection)
    {
        foreach (var item in _array.Read(context, ref reader, -1))
        {
            add(collection, item);
        }
    }
}

/// <summary>Sends a mutable collection with a comparer, which it is constructed with; items are added when they are complete.</summary>
internal sealed class OrderedCodec<TCollection, T, TKey, TComparer>(
    Func<TCollection, T[]> items, Func<TCollection, object?> comparerOf, Func<TComparer?, TCollection> create,
    Action<TCollection, T> add) : Codec<TCollection>, ICollectionCodec
    where TCollection : class
    where TComparer : class
{
    private readonly Codec<T[]> _array = (Codec<T[]>)CodecTable.For(typeof(T[]));

    public override void Write(WriteContext context, TCollection value)
    {
        Comparers.Write<TKey>(context, comparerOf(value));
        _array.Write(context, items(value));
    }

    public override TCollection Read(ReadContext context, ref WireReader reader, int id)
    {
        var collection = create(Comparers.Read<TComparer>(context, ref reader));
        Announce(context, id, collection);
        Fill(context, ref reader, collection);
        return collection;
    }

    void ICollectionCodec.WriteHead(WriteContext context, object collection) => Comparers.Write<TKey>(context, comparerOf((TCollection)collection));

    void ICollectionCodec.WriteItems(WriteContext context, object collection) => _array.Write(context, items((TCollection)collection));

    void ICollectionCodec.ReadHead(ReadContext context, ref WireReader reader, object derived) =>
        BaseConstructor.Run<TCollection, TComparer?>(derived, Comparers.Read<TComparer>(context, ref reader));

    void ICollectionCodec.ReadItems(ReadContext context, ref WireReader reader, object collection) => Fill(context, ref reader, (TCollection)collection);

    private void Fill(ReadContext context, ref WireReader reader, TCollection collection)
    {
        int tangles = context.Tangles;
        var all = _array.Read(context, ref reader, -1);
        if (context.Tangles == tangles)
        {
            Array.ForEach(all, item => add(collection, item));
        }
        else
        {
            context.WhenWhole(() => Array.ForEach(all, item => add(collection, item)));
        }
    }
}

/// <summary>Sends an immutable collection, which is constructed from its items.</summary>
internal sealed class FrozenCodec<TCollection, T>(Func<TCollection, T[]> items, Func<T[], TCollection> make) : Codec<TCollection>
{
    private readonly Codec<T[]> _array = (Codec<T[]>)CodecTable.For(typeof(T[]));

    public override bool IsLate(object value) => value is not ValueType;

    public override void Write(WriteContext context, TCollection value) => _array.Write(context, items(value));

    public override TCollection Read(ReadContext context, ref WireReader reader, int id) => make(_array.Read(context, ref reader, -1));
}

/// <summary>Sends an immutable collection with comparers of keys and of values, which it is constructed with.</summary>
internal sealed class FrozenOrderCodec<TCollection, T, TKey, TComparer, TValue>(
    Func<TCollection, T[]> items,
    Func<TCollection, object?> comparerOf,
    Func<TComparer?, IEqualityComparer<TValue>?, T[], TCollection> make,
    Func<TCollection, object?>? valueComparerOf = null) : Codec<TCollection>
    where TCollection : class
    where TComparer : class
{
    private readonly Codec<T[]> _array = (Codec<T[]>)CodecTable.For(typeof(T[]));

    public override bool IsLate(object value) => true;

    public override void Write(WriteContext context, TCollection value)
    {
        Comparers.Write<TKey>(context, comparerOf(value));
        Comparers.Write<TValue>(context, valueComparerOf?.Invoke(value));
        _array.Write(context, items(value));
    }

    public override TCollection Read(ReadContext context, ref WireReader reader, int id)
    {
        var comparer = Comparers.Read<TComparer>(context, ref reader);
        var values = Comparers.Read<IEqualityComparer<TValue>>(context, ref reader);
        int tangles = context.Tangles;
        var all = _array.Read(context, ref reader, -1);
        return context.Tangles == tangles
            ? make(comparer, values, all)
            : throw new SerializationException(
                $"A {TypeNames.Of(typeof(TCollection))} cannot be constructed from items that refer back to it: they are incomplete until it exists. Use a "
                + "mutable collection.");
    }
}

/// <summary>Sends a struct that is a view of some items of an array or a string; its default value is a view of nothing.</summary>
internal sealed class WindowCodec<TWindow, T>(Func<TWindow, bool> isDefault, Func<TWindow, T[]> items, Func<T[], TWindow> make) : Codec<TWindow>
    where TWindow : struct
{
    private readonly Codec<T[]> _array = (Codec<T[]>)CodecTable.For(typeof(T[]));

    public override void Write(WriteContext context, TWindow value)
    {
        bool isThere = !isDefault(value);
        context.Writer.Bool(isThere);
        if (isThere)
        {
            _array.Write(context, items(value));
        }
    }

    public override TWindow Read(ReadContext context, ref WireReader reader, int id) =>
        reader.Bool() ? make(_array.Read(context, ref reader, -1)) : default;
}
