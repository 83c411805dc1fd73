namespace Multiproc.Serialization.Codecs;

/// <summary>A struct by its fields: a typed face on <see cref="FieldsCodec"/>.</summary>
internal sealed class StructCodec<T> : Codec<T>
    where T : struct
{
    private FieldsCodec? _fields;

    private FieldsCodec Fields => _fields ??= new FieldsCodec(typeof(T));

    public override int MinSize => Fields.MinSize;

    public override void Write(WriteContext context, T value) => Fields.WriteObject(context, value);

    public override T Read(ReadContext context, ref WireReader reader, int id) => (T)Fields.ReadObject(context, ref reader, -1);
}
