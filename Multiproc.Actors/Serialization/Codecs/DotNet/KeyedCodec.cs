using System.Collections.ObjectModel;
using System.Reflection;

namespace Multiproc.Serialization.Codecs;

/// <summary>
/// Sends collections derived from KeyedCollection: items are added without the app's overrides of adding; the app's class computes their keys.
/// </summary>
internal sealed class KeyedCodec<TKey, TItem> : Codec, ICollectionCodec
    where TKey : notnull
{
    private const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly nint s_insert = typeof(KeyedCollection<TKey, TItem>).GetMethod(
        "InsertItem", Any, [typeof(int), typeof(TItem)])!.MethodHandle.GetFunctionPointer();
    private static readonly FieldInfo? s_threshold = typeof(KeyedCollection<TKey, TItem>).GetField("threshold", Any);

    private readonly Codec<TItem[]> _array = (Codec<TItem[]>)CodecTable.For(typeof(TItem[]));

    public void WriteHead(WriteContext context, object collection)
    {
        Comparers.Write<TKey>(context, ((KeyedCollection<TKey, TItem>)collection).Comparer);
        context.Writer.Int32((int?)s_threshold?.GetValue(collection) ?? 0);
    }

    public void WriteItems(WriteContext context, object collection) => _array.Write(context, [.. (KeyedCollection<TKey, TItem>)collection]);

    public void ReadHead(ReadContext context, ref WireReader reader, object derived)
    {
        var comparer = Comparers.Read<IEqualityComparer<TKey>>(context, ref reader);
        int threshold = reader.Int32();
        var constructor = typeof(KeyedCollection<TKey, TItem>).GetConstructor(Any, [typeof(IEqualityComparer<TKey>), typeof(int)])!;
        constructor.Invoke(derived, BindingFlags.DoNotWrapExceptions, null, [comparer, threshold is -1 or int.MaxValue ? -1 : Math.Max(0, threshold)], null);
    }

    public void ReadItems(ReadContext context, ref WireReader reader, object collection)
    {
        int tangles = context.Tangles;
        var all = _array.Read(context, ref reader, -1);
        var insert = (Action<int, TItem>)Activator.CreateInstance(typeof(Action<int, TItem>), collection, s_insert)!;
        if (context.Tangles == tangles)
        {
            Fill(insert, all);
        }
        else
        {
            context.WhenWhole(() => Fill(insert, all));
        }
    }

    // The class is abstract, so no object is of exactly this type.
    public override void WriteObject(WriteContext context, object value) => throw new NotSupportedException();

    public override object ReadObject(ReadContext context, ref WireReader reader, int id) => throw new NotSupportedException();

    private static void Fill(Action<int, TItem> insert, TItem[] items)
    {
        for (int i = 0; i < items.Length; i++)
        {
            insert(i, items[i]);
        }
    }
}
