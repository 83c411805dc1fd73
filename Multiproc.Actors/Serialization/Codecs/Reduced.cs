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
