using System.Runtime.CompilerServices;

namespace Multiproc.Serialization.Codecs;

/// <summary>
/// Sends a class of the app that derives from a collection of .NET: the collection, and the fields that the app added. On arrival the constructor of
/// the collection runs, not that of the app's class; items are added by the collection's methods, not by overrides of the app.
/// </summary>
internal sealed class DerivedCodec(Type type, ICollectionCodec collection) : Codec
{
    private readonly FieldsCodec _own = new(type, onlyOwn: true);

    public override void WriteObject(WriteContext context, object value)
    {
        collection.WriteHead(context, value);
        _own.WriteObject(context, value);
        collection.WriteItems(context, value);
    }

    public override object ReadObject(ReadContext context, ref WireReader reader, int id)
    {
        object value = RuntimeHelpers.GetUninitializedObject(type);
        if (id >= 0)
        {
            context.Fulfil(id, value);
        }

        collection.ReadHead(context, ref reader, value);
        _own.ReadFields(context, ref reader, ref value);
        collection.ReadItems(context, ref reader, value);
        return _own.Finish(context, value);
    }

    /// <summary>Returns null if the class does not derive from a collection that can be constructed from its items.</summary>
    public static DerivedCodec? Find(Type type)
    {
        var ancestor = type.BaseType;
        while (ancestor is not null && !SendableTypes.IsFramework(ancestor))
        {
            ancestor = ancestor.BaseType;
        }

        return ancestor is not null && ancestor != typeof(object) && ancestor != typeof(ValueType) && !SendableTypes.IsFramework(type)
            && (Collections.Find(ancestor, forDerived: true) ?? Values.Find(ancestor)) is ICollectionCodec collection
            ? new DerivedCodec(type, collection)
            : null;
    }
}
