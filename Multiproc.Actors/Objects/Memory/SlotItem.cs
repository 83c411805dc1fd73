using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Multiproc.Objects;

/// <summary>The type of an item in a slot of a <see cref="ShareableList"/>.</summary>
internal enum SlotType : byte
{
    Null,
    Bool,
    Long,
    Double,
    Text,
    Bytes,
}

/// <summary>An item of a <see cref="ShareableList"/> as it is stored.</summary>
internal readonly record struct SlotItem(SlotType Type, byte[] Stored)
{
    private const int Unit = 8;

    /// <summary>The size of the slot. For strings and bytes it is the next multiple of 8 above the length, as in Python.</summary>
    public int Capacity => Type is SlotType.Text or SlotType.Bytes ? ((Stored.Length / Unit) + 1) * Unit : Unit;

    public object? Value => Type switch
    {
        SlotType.Null => null,
        SlotType.Bool => Number != 0,
        SlotType.Long => Number,
        SlotType.Double => BitConverter.Int64BitsToDouble(Number),
        SlotType.Text => Encoding.UTF8.GetString(Stored),
        _ => Stored,
    };

    private long Number => BinaryPrimitives.ReadInt64LittleEndian(Stored);

    /// <exception cref="ArgumentException">The value has a type that a list cannot hold.</exception>
    public static SlotItem Of(object? value) => value switch
    {
        null => OfNumber(SlotType.Null, 0),
        bool flag => OfNumber(SlotType.Bool, flag ? 1 : 0),
        long or int or short or sbyte or byte or ushort or uint => OfNumber(SlotType.Long, Convert.ToInt64(value, CultureInfo.InvariantCulture)),
        double or float => OfNumber(SlotType.Double, BitConverter.DoubleToInt64Bits(Convert.ToDouble(value, CultureInfo.InvariantCulture))),
        string text => new SlotItem(SlotType.Text, Encoding.UTF8.GetBytes(text)),
        byte[] bytes => new SlotItem(SlotType.Bytes, bytes),
        _ => throw new ArgumentException($"A ShareableList holds null, bool, long, double, string and byte[], not {value.GetType()}.", nameof(value)),
    };

    public string Format(int capacity) => Type switch
    {
        SlotType.Null => "xxxxxx?x",
        SlotType.Bool => "xxxxxxx?",
        SlotType.Long => "q",
        SlotType.Double => "d",
        _ => $"{capacity}s",
    };

    public bool Equals(SlotItem other) => Type == other.Type && Stored.AsSpan().SequenceEqual(other.Stored);

    public override int GetHashCode() => HashCode.Combine(Type, Stored.Length);

    public override string ToString() => Type switch
    {
        SlotType.Null => "null",
        SlotType.Text => $"\"{Value}\"",
        SlotType.Bytes => Convert.ToHexString(Stored),
        _ => Convert.ToString(Value, CultureInfo.InvariantCulture)!,
    };

    private static SlotItem OfNumber(SlotType type, long number)
    {
        byte[] stored = new byte[Unit];
        BinaryPrimitives.WriteInt64LittleEndian(stored, number);
        return new SlotItem(type, stored);
    }
}
