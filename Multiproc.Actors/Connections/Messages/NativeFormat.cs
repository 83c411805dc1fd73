using Multiproc.Serialization;

namespace Multiproc.Connections;

/// <summary>
/// This library's format: a tag and a value. The most common types are a tag and a few bytes; all others name their type, so that the receiver gets
/// the type that was sent, whatever it expects.
/// </summary>
internal sealed class NativeFormat : IObjectFormat
{
    public static readonly NativeFormat Instance = new();

    private enum Tag : byte
    {
        Object = 0,
        Int32 = 1,
        Int64 = 2,
        Text = 3,
        Double = 4,
        Bytes = 5,
        False = 6,
        True = 7,
    }

    public void Write<T>(WireWriter writer, T value)
    {
        if (!TryWriteUnboxed(writer, value))
        {
            WriteBoxed(writer, value);
        }
    }

    /// <summary>
    /// Each branch is resolved when the method is compiled. None tests the value's type at run time, which would box a struct that contains references.
    /// </summary>
    private static bool TryWriteUnboxed<T>(WireWriter writer, T value)
    {
        if (default(T) is null)
        {
            return false;
        }

        if (typeof(T) == typeof(int))
        {
            Write(writer, (int)(object)value!);
        }
        else if (typeof(T) == typeof(long))
        {
            Write(writer, (long)(object)value!);
        }
        else if (typeof(T) == typeof(double))
        {
            Write(writer, (double)(object)value!);
        }
        else if (typeof(T) == typeof(bool))
        {
            Write(writer, (bool)(object)value!);
        }
        else
        {
            writer.Byte((byte)Tag.Object);
            Serializer.SerializeNamed(writer, value);
        }

        return true;
    }

    private static void WriteBoxed(WireWriter writer, object? value)
    {
        switch (value)
        {
            case int number:
                Write(writer, number);
                break;
            case long number:
                Write(writer, number);
                break;
            case double number:
                Write(writer, number);
                break;
            case bool flag:
                Write(writer, flag);
                break;
            case string text:
                writer.Byte((byte)Tag.Text);
                Serializer.Serialize(writer, text);
                break;
            case byte[] bytes when bytes.GetType() == typeof(byte[]):
                writer.Byte((byte)Tag.Bytes);
                writer.Bytes(bytes);
                break;
            default:
                writer.Byte((byte)Tag.Object);
                Serializer.Serialize(writer, value);
                break;
        }
    }

    private static void Write(WireWriter writer, int value)
    {
        writer.Byte((byte)Tag.Int32);
        writer.VarInt(value);
    }

    private static void Write(WireWriter writer, long value)
    {
        writer.Byte((byte)Tag.Int64);
        writer.VarInt(value);
    }

    private static void Write(WireWriter writer, double value)
    {
        writer.Byte((byte)Tag.Double);
        writer.Double(value);
    }

    private static void Write(WireWriter writer, bool value) => writer.Byte((byte)(value ? Tag.True : Tag.False));

    public T Read<T>(ReadOnlySpan<byte> message)
    {
        var reader = new WireReader(message);
        var tag = (Tag)reader.Byte();
        return AtEnd(ref reader, TryReadUnboxed(ref reader, tag, out T value) ? value : ObjectFormat.As<T>(ReadBoxed(ref reader, tag)));
    }

    private static bool TryReadUnboxed<T>(ref WireReader reader, Tag tag, out T value)
    {
        if (typeof(T) == typeof(int) && tag == Tag.Int32)
        {
            value = (T)(object)ReadInt32(ref reader);
        }
        else if (typeof(T) == typeof(long) && tag == Tag.Int64)
        {
            value = (T)(object)reader.VarInt();
        }
        else if (typeof(T) == typeof(double) && tag == Tag.Double)
        {
            value = (T)(object)reader.Double();
        }
        else if (typeof(T) == typeof(bool) && tag is (Tag.False or Tag.True))
        {
            value = (T)(object)(tag == Tag.True);
        }
        else
        {
            value = default!;
            return default(T) is not null && tag == Tag.Object && Serializer.TryDeserializeNamed(ref reader, out value);
        }

        return true;
    }

    private static object? ReadBoxed(ref WireReader reader, Tag tag) => tag switch
    {
        Tag.Int32 => ReadInt32(ref reader),
        Tag.Int64 => reader.VarInt(),
        Tag.Text => Serializer.Deserialize<string>(ref reader),
        Tag.Double => reader.Double(),
        Tag.Bytes => reader.Bytes().ToArray(),
        Tag.False => false,
        Tag.True => true,
        Tag.Object => Serializer.Deserialize<object?>(ref reader),
        (Tag)'#' =>
            throw new SerializationException(
                "Malformed message: 35 is no tag, but the begin of a challenge. Does the other end ask for a key? Give the same authKey on both sides; or "
                    + "does it send bytes?"),
        _ => throw new SerializationException($"Malformed message: {(byte)tag} is no tag. Does the other end send bytes, or use another format?"),
    };

    private static int ReadInt32(ref WireReader reader)
    {
        long number = reader.VarInt();
        return number is >= int.MinValue and <= int.MaxValue ? (int)number : throw new SerializationException($"Malformed message: {number} is no Int32.");
    }

    private static T AtEnd<T>(ref WireReader reader, T value) => reader.AtEnd
        ? value
        : throw new SerializationException($"Malformed message: {reader.Remaining} bytes are left after the value.");
}
