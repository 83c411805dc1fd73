namespace Multiproc.Serialization.Codecs;

/// <summary>Of types that are not ours, whose objects are sent in another form.</summary>
internal sealed class StandInCodec(Func<object, IArrivesAs> sentForm) : Codec
{
    /// <summary>The object to send: always the same one for an object.</summary>
    public IArrivesAs SentForm(object value) => sentForm(value);

    public override void WriteObject(WriteContext context, object value) =>
        throw new UnsendableException($"is a {TypeNames.Of(value.GetType())} in a place of exactly that type: declare it as the interface");

    public override object ReadObject(ReadContext context, ref WireReader reader, int id) =>
        throw new SerializationException("Malformed value: this type is sent in another form.");
}
