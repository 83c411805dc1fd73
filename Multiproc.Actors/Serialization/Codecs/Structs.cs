namespace Multiproc.Serialization.Codecs;

/// <summary>
/// Sends a struct as its fields: a typed adapter of <see cref="FieldsCodec"/>, which boxes; a struct that is used often gets compiled code that does not.
/// </summary>
internal sealed class StructCodec<T> : Codec<T>
    where T : struct
{
    private FieldsCodec? _fields;
    private volatile CompiledFields<T>? _compiled;

    private FieldsCodec Fields => _fields ??= new FieldsCodec(typeof(T));

    public override int MinSize => Fields.MinSize;

    public override void Write(WriteContext context, T value)
    {
        if (Compiled() is not { } compiled)
        {
            Fields.WriteObject(context, value);
            return;
        }

        Fields.WriteHead(context);
        compiled.Write(context, ref value);
    }

    public override T Read(ReadContext context, ref WireReader reader, int id)
    {
        if (Compiled() is not { } compiled)
        {
            return (T)Fields.ReadObject(context, ref reader, -1);
        }

        Fields.ReadHead(ref reader);
        T value = default;
        compiled.Read(context, ref reader, ref value);
        return value;
    }

    private CompiledFields<T>? Compiled() => _compiled ?? (Fields.IsUsedOften() ? _compiled = Fields.Compile<T>() : null);
}
