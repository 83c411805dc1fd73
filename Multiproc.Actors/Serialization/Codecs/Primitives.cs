using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace Multiproc.Serialization.Codecs;

/// <summary>Numbers, text, times and other values without parts.</summary>
internal static class Primitives
{
    public static int ReadInt32(ref WireReader reader)
    {
        long value = reader.VarInt();
        return value == (int)value ? (int)value : throw Malformed("an Int32");
    }

    public static Codec? Find(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Int32 => new SimpleCodec<int>((w, v) => w.VarInt(v), ReadInt32),
        TypeCode.Int64 => new SimpleCodec<long>((w, v) => w.VarInt(v), (ref WireReader r) => r.VarInt()),
        TypeCode.Boolean => new SimpleCodec<bool>((w, v) => w.Bool(v), (ref WireReader r) => r.Bool()),
        TypeCode.Byte => new SimpleCodec<byte>((w, v) => w.Byte(v), (ref WireReader r) => r.Byte()),
        TypeCode.SByte => new SimpleCodec<sbyte>((w, v) => w.Byte((byte)v), (ref WireReader r) => (sbyte)r.Byte()),
        TypeCode.Int16 => new SimpleCodec<short>((w, v) => w.VarInt(v), (ref WireReader r) => Narrow<short>(r.VarInt())),
        TypeCode.UInt16 => new SimpleCodec<ushort>((w, v) => w.VarUInt(v), (ref WireReader r) => Narrow<ushort>(r.VarUInt())),
        TypeCode.UInt32 => new SimpleCodec<uint>((w, v) => w.VarUInt(v), (ref WireReader r) => Narrow<uint>(r.VarUInt())),
        TypeCode.UInt64 => new SimpleCodec<ulong>((w, v) => w.VarUInt(v), (ref WireReader r) => r.VarUInt()),
        TypeCode.Char => new SimpleCodec<char>((w, v) => w.VarUInt(v), (ref WireReader r) => (char)Narrow<ushort>(r.VarUInt())),
        TypeCode.Double => new SimpleCodec<double>((w, v) => w.Double(v), (ref WireReader r) => r.Double()),
        TypeCode.String => new SimpleCodec<string>(WriteText, ReadText),
        TypeCode.Single => Unmanaged<float>(),
        TypeCode.Decimal => new SimpleCodec<decimal>(WriteDecimal, ReadDecimal),
        TypeCode.DateTime => new SimpleCodec<DateTime>(WriteDateTime, ReadDateTime),
        // The method below loads assemblies that most messages never need.
        _ => type.Namespace is { } space && space.StartsWith("System", StringComparison.Ordinal) ? FindRare(type) : null,
    };

    private static Codec? FindRare(Type type)
    {
        if (type == typeof(TimeSpan))
        {
            return new SimpleCodec<TimeSpan>((w, v) => w.VarInt(v.Ticks), (ref WireReader r) => new TimeSpan(r.VarInt()));
        }

        if (type == typeof(DateTimeOffset))
        {
            return new SimpleCodec<DateTimeOffset>(
                (w, v) => { w.Int64(v.Ticks); w.VarInt((long)v.Offset.TotalMinutes); },
                (ref WireReader r) => Guarded(r.Int64(), r.VarInt(), static (ticks, minutes) => new DateTimeOffset(ticks, TimeSpan.FromMinutes(minutes))));
        }

        if (type == typeof(DateOnly))
        {
            return new SimpleCodec<DateOnly>(
                (w, v) => w.VarInt(v.DayNumber), (ref WireReader r) => Guarded(r.VarInt(), 0, static (days, _) => DateOnly.FromDayNumber(checked((int)days))));
        }

        if (type == typeof(TimeOnly))
        {
            return new SimpleCodec<TimeOnly>(
                (w, v) => w.VarInt(v.Ticks), (ref WireReader r) => Guarded(r.VarInt(), 0, static (ticks, _) => new TimeOnly(ticks)));
        }

        if (type == typeof(BigInteger))
        {
            return new SimpleCodec<BigInteger>((w, v) => w.Bytes(v.ToByteArray()), (ref WireReader r) => new BigInteger(r.Bytes()));
        }

        if (type == typeof(Version))
        {
            return new SimpleCodec<Version>(
                (w, v) => w.String(v.ToString()), (ref WireReader r) => Version.TryParse(r.String(), out var v) ? v : throw Malformed("a version"));
        }

        if (type == typeof(Rune))
        {
            return new SimpleCodec<Rune>(
                (w, v) => w.VarUInt((uint)v.Value),
                (ref WireReader r) => Rune.TryCreate((uint)Math.Min(r.VarUInt(), uint.MaxValue), out var v) ? v : throw Malformed("a rune"));
        }

        return type == typeof(Guid) ? Unmanaged<Guid>()
            : type == typeof(Half) ? Unmanaged<Half>()
            : type == typeof(Int128) ? Unmanaged<Int128>()
            : type == typeof(UInt128) ? Unmanaged<UInt128>()
            : type == typeof(Complex) ? Unmanaged<Complex>()
            : type == typeof(Index) ? Unmanaged<Index>()
            : type == typeof(Range) ? Unmanaged<Range>()
            : type == typeof(nint) ? new SimpleCodec<nint>((w, v) => w.VarInt(v), (ref WireReader r) => (nint)r.VarInt())
            : type == typeof(nuint) ? new SimpleCodec<nuint>((w, v) => w.VarUInt(v), (ref WireReader r) => (nuint)r.VarUInt())
            : null;
    }

    private static SimpleCodec<T> Unmanaged<T>()
        where T : unmanaged => new(
            (w, v) => w.Raw(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in v))),
            (ref WireReader r) => MemoryMarshal.Read<T>(r.Raw(System.Runtime.CompilerServices.Unsafe.SizeOf<T>())));

    /// <summary>Writes UTF-8 after a 0; text with lone surrogates, which UTF-8 cannot encode, as UTF-16 after a 1.</summary>
    public static void WriteText(WireWriter writer, string text)
    {
        bool valid = true;
        for (int i = 0; i < text.Length && valid; i++)
        {
            if (char.IsSurrogate(text[i]))
            {
                valid = i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]);
                i++;
            }
        }

        writer.Byte(valid ? (byte)0 : (byte)1);
        if (valid)
        {
            writer.String(text);
        }
        else
        {
            writer.Bytes(MemoryMarshal.AsBytes(text.AsSpan()));
        }
    }

    public static string ReadText(ref WireReader reader) => reader.Byte() switch
    {
        0 => reader.String(),
        1 => new string(MemoryMarshal.Cast<byte, char>(reader.Bytes())),
        _ => throw Malformed("text"),
    };

    private static void WriteDecimal(WireWriter writer, decimal value)
    {
        Span<int> parts = stackalloc int[4];
        decimal.GetBits(value, parts);
        writer.Raw(MemoryMarshal.AsBytes(parts));
    }

    private static decimal ReadDecimal(ref WireReader reader)
    {
        try
        {
            return new decimal(MemoryMarshal.Cast<byte, int>(reader.Raw(16)));
        }
        catch (ArgumentException)
        {
            throw Malformed("a decimal");
        }
    }

    private const long ExactLocal = unchecked((long)0xC000_0000_0000_0000);

    /// <summary>
    /// Sends a local time as its instant, which the receiver converts to its own time zone. A nonexistent local time, in the hour that daylight saving skips,
    /// is sent as its digits.
    /// </summary>
    private static void WriteDateTime(WireWriter writer, DateTime value)
    {
        long binary = value.ToBinary();
        bool isMoment = value.Kind != DateTimeKind.Local || DateTime.FromBinary(binary) == value;
        writer.Int64(isMoment ? binary : value.Ticks | ExactLocal);
    }

    private static DateTime ReadDateTime(ref WireReader reader) => Guarded(reader.Int64(), 0, static (binary, _) => (binary & ExactLocal) == ExactLocal
        ? new DateTime(binary & ~ExactLocal, DateTimeKind.Local)
        : DateTime.FromBinary(binary));

    private static T Guarded<T>(long first, long second, Func<long, long, T> make)
    {
        try
        {
            return make(first, second);
        }
        catch (Exception invalid) when (invalid is ArgumentException or OverflowException)
        {
            throw Malformed($"a {typeof(T).Name}");
        }
    }

    private static T Narrow<T>(long value)
        where T : IBinaryInteger<T>, IMinMaxValue<T> =>
        value >= long.CreateSaturating(T.MinValue) && value <= long.CreateSaturating(T.MaxValue)
            ? T.CreateTruncating(value)
            : throw Malformed($"a {typeof(T).Name}");

    private static T Narrow<T>(ulong value)
        where T : IBinaryInteger<T>, IMinMaxValue<T> =>
        value <= ulong.CreateSaturating(T.MaxValue) ? T.CreateTruncating(value) : throw Malformed($"a {typeof(T).Name}");

    private static SerializationException Malformed(string what) => new($"Malformed value: these bytes are not {what}.");
}
