using Multiproc.Serialization;

namespace Multiproc.Connections;

/// <summary>
/// A tag and a value. The commonest values are their tag and a few bytes; all others name their type, so that the receiver gets
/// what was sent, whatever it asks for.
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
        // No box for the commonest: this branch is chosen when the method is compiled.
        if (typeof(T) == typeof(int))
        {
            writer.Byte((byte)Tag.Int32);
            writer.VarInt((int)(object)value!);
            return;
        }

        switch (value)
        {
            case int number:
                writer.Byte((byte)Tag.Int32);
                writer.VarInt(number);
                break;
            case long number:
                writer.Byte((byte)Tag.Int64);
                writer.VarInt(number);
                break;
            case string text:
                writer.Byte((byte)Tag.Text);
                Serializer.Serialize(writer, text);
                break;
            case double number:
                writer.Byte((byte)Tag.Double);
                writer.Double(number);
                break;
            case byte[] bytes when bytes.GetType() == typeof(byte[]):
                writer.Byte((byte)Tag.Bytes);
                writer.Bytes(bytes);
                break;
            case bool flag:
                writer.Byte((byte)(flag ? Tag.True : Tag.False));
                break;
            default:
                writer.Byte((byte)Tag.Object);
                Serializer.SerializeNamed(writer, value);
                break;
        }
    }

    public T Read<T>(ReadOnlySpan<byte> message)
    {
        var reader = new WireReader(message);
        var tag = (Tag)reader.Byte();
        if (typeof(T) == typeof(int) && tag == Tag.Int32)
        {
            return AtEnd(ref reader, (T)(object)ReadInt32(ref reader));
        }

        if (tag == Tag.Object && default(T) is not null && Serializer.TryDeserializeNamed(ref reader, out T named))
        {
            return AtEnd(ref reader, named);
        }

        object? value = tag switch
        {
            Tag.Int32 => ReadInt32(ref reader),
            Tag.Int64 => reader.VarInt(),
            Tag.Text => Serializer.Deserialize<string>(ref reader),
            Tag.Double => reader.Double(),
            Tag.Bytes => reader.Bytes().ToArray(),
            Tag.False => false,
            Tag.True => true,
            Tag.Object => Serializer.Deserialize<object?>(ref reader),
            _ => throw new SerializationException($"Malformed message: {(byte)tag} is no tag. Does the other end send bytes, or use another format?"),
        };
        return AtEnd(ref reader, ObjectFormat.As<T>(value));
    }

    private static int ReadInt32(ref WireReader reader)
    {
        long number = reader.VarInt();
        return number is >= int.MinValue and <= int.MaxValue ? (int)number : throw new SerializationException($"Malformed message: {number} is no Int32.");
    }

    private static T AtEnd<T>(ref WireReader reader, T value) => reader.AtEnd
        ? value
        : throw new SerializationException($"Malformed message: {reader.Remaining} bytes are left after the value.");
}
