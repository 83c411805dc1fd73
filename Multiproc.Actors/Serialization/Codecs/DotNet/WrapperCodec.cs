using System.Reflection;

namespace Multiproc.Serialization.Codecs;

/// <summary>Sends a view of another collection, which subscribes to it, by constructing a new view of the received collection.</summary>
internal sealed class WrapperCodec<TWrapper, TInner>(string field, Type declaring, Func<TInner, TWrapper> make) : Codec<TWrapper>
    where TWrapper : class
    where TInner : class
{
    private readonly FieldInfo? _inner = FieldOf(field, declaring);

    public override bool IsLate(object value) => true;

    public override void Write(WriteContext context, TWrapper value) => Slot<TInner>.Write(
        context,
        _inner?.GetValue(value) as TInner ?? throw new UnsendableException(
            $"is a {TypeNames.Of(typeof(TWrapper))} whose collection is not known: send that collection"));

    public override TWrapper Read(ReadContext context, ref WireReader reader, int id) =>
        make(Slot<TInner>.Read(context, ref reader) ?? throw new SerializationException($"Malformed value: a {TypeNames.Of(typeof(TWrapper))} of nothing."));

    private static FieldInfo? FieldOf(string name, Type declaring)
    {
        const BindingFlags Own = BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        return declaring.GetField(name, Own) ?? declaring.GetField(name.TrimStart('_'), Own);
    }
}
