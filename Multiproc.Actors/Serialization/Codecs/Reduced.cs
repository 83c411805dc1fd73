namespace Multiproc.Serialization.Codecs;

/// <summary>Marks a codec that the program has configured, and may configure anew.</summary>
internal interface IReducerCodec;

/// <summary>
/// Sends an object in the form that a <see cref="Reducer"/> of the program defines. It is rebuilt by the receiver's own reducer, not by code of the sender.
/// </summary>
internal sealed class ReducerCodec<T, TSent>(Func<T, TSent> reduce, Func<TSent, T> rebuild) : Codec<T>, IReducerCodec
    where T : class
{
    public override bool IsLate(object value) => true;

    public override void Write(WriteContext context, T value) => Slot<TSent>.Write(context, reduce(value));

    public override T Read(ReadContext context, ref WireReader reader, int id) =>
        rebuild(Slot<TSent>.Read(context, ref reader)) ?? throw new SerializationException($"The reducer of {TypeNames.Of(typeof(T))} returned null.");
}

/// <summary>
/// Sends the objects of a family of classes in the form that a <see cref="Reducer"/> defines: on the wire they are of the type
/// <see cref="ReducedForm{T}"/>, since the receiver may rebuild them as another class.
/// </summary>
internal abstract class FamilyCodec(Type form) : Codec, IReducerCodec
{
    /// <summary>The type that the message names in place of that of the object.</summary>
    public Type Form => form;

    public override bool IsLate(object value) => true;

    public override object ReadObject(ReadContext context, ref WireReader reader, int id) =>
        throw new SerializationException("Malformed value: objects of this type are sent in the form of a reducer.");
}

internal sealed class FamilyCodec<T, TSent>(Func<T, TSent> reduce) : FamilyCodec(typeof(ReducedForm<T>))
    where T : class
{
    public override void WriteObject(WriteContext context, object value) => Slot<TSent>.Write(context, reduce((T)value));
}

/// <summary>Reads what <see cref="FamilyCodec{T, TSent}"/> writes.</summary>
internal sealed class ReducedFormCodec<T, TSent>(Func<TSent, T> rebuild) : Codec, IReducerCodec
    where T : class
{
    public override bool IsLate(object value) => true;

    public override void WriteObject(WriteContext context, object value) => throw new UnsendableException("is the form of a reducer, not an object");

    public override object ReadObject(ReadContext context, ref WireReader reader, int id) =>
        rebuild(Slot<TSent>.Read(context, ref reader)) ?? throw new SerializationException($"The reducer of {TypeNames.Of(typeof(T))} returned null.");
}

/// <summary>The type by which a message tells that an object comes in the form of the reducer of a family. There is no object of it.</summary>
internal sealed class ReducedForm<T> : IArrivesAs
    where T : class
{
    private ReducedForm()
    {
    }

    public object Arrived => throw new System.Diagnostics.UnreachableException();
}
