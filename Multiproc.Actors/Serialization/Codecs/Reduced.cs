namespace Multiproc.Serialization.Codecs;

/// <summary>A codec that the program has configured, and may configure anew.</summary>
internal interface IReducerCodec;

/// <summary>An object of which the program itself has said in what form it is sent. What rebuilds it is the receiver's own, not the sender's.</summary>
internal sealed class ReducerCodec<T, TSent>(Func<T, TSent> reduce, Func<TSent, T> rebuild) : Codec<T>, IReducerCodec
    where T : class
{
    public override bool IsLate(object value) => true;

    public override void Write(WriteContext context, T value) => Slot<TSent>.Write(context, reduce(value));

    public override T Read(ReadContext context, ref WireReader reader, int id) =>
        rebuild(Slot<TSent>.Read(context, ref reader)) ?? throw new SerializationException($"The reducer of {TypeNames.Of(typeof(T))} rebuilt nothing.");
}
