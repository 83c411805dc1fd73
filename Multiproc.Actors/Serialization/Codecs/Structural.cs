using System.Runtime.CompilerServices;

namespace Multiproc.Serialization.Codecs;

/// <summary>Sends an enum value as its number.</summary>
internal sealed class EnumCodec<T> : Codec<T>
    where T : struct, Enum
{
    public override bool IsLeaf => true;

    public override void Write(WriteContext context, T value) => context.Writer.VarInt(Unsafe.SizeOf<T>() switch
    {
        1 => Unsafe.As<T, byte>(ref value),
        2 => Unsafe.As<T, short>(ref value),
        4 => Unsafe.As<T, int>(ref value),
        _ => Unsafe.As<T, long>(ref value),
    });

    public override T Read(ReadContext context, ref WireReader reader, int id)
    {
        long number = reader.VarInt();
        return Unsafe.As<long, T>(ref number);
    }
}

internal sealed class NullableCodec<T> : Codec<T?>
    where T : struct
{
    public override void Write(WriteContext context, T? value)
    {
        context.Writer.Bool(value.HasValue);
        if (value.HasValue)
        {
            Slot<T>.Write(context, value.Value);
        }
    }

    public override T? Read(ReadContext context, ref WireReader reader, int id) =>
        reader.Bool() ? Slot<T>.Read(context, ref reader) : null;
}

/// <summary>Sends a type of this library that serializes itself.</summary>
internal sealed class SelfCodec<T> : Codec<T>
    where T : ISelfCoded<T>
{
    public override void Write(WriteContext context, T value) => value.WriteTo(context.Writer);

    public override T Read(ReadContext context, ref WireReader reader, int id) => T.ReadFrom(ref reader);
}

/// <summary>Sends a <see cref="Type"/> by name.</summary>
internal sealed class TypeCodec : Codec<Type>
{
    /// <summary>The class of all types that the runtime has loaded. Other classes, such as that of type builders, are not loaded types.</summary>
    private static readonly Type s_loaded = ((object)typeof(object)).GetType();

    public override void Write(WriteContext context, Type value)
    {
        var actual = ((object)value).GetType();
        if (actual != s_loaded)
        {
            throw new UnsendableException($"is a {TypeNames.Of(actual)}, which is not a loaded type: send the type");
        }

        context.Type(value);
    }

    public override Type Read(ReadContext context, ref WireReader reader, int id) => context.TypeOrShape(ref reader);
}

/// <summary>Marks the codec of a type whose values cannot be sent.</summary>
internal interface IRefusingCodec;

/// <summary>Rejects a type that must not be sent, with the reason.</summary>
internal sealed class RefusingCodec(string fault) : Codec, IRefusingCodec
{
    public override void WriteObject(WriteContext context, object value) => throw new UnsendableException(fault);

    public override object ReadObject(ReadContext context, ref WireReader reader, int id) => throw new UnsendableException(fault);
}

/// <summary>Rejects a value type that must not be sent, with the reason.</summary>
internal sealed class RefusingCodec<T>(string fault) : Codec<T>, IRefusingCodec
    where T : struct
{
    public override void Write(WriteContext context, T value) => throw new UnsendableException(fault);

    public override T Read(ReadContext context, ref WireReader reader, int id) => throw new UnsendableException(fault);
}
