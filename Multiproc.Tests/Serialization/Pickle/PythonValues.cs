using System.Globalization;
using System.Numerics;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Multiproc.Tests.Serialization.Pickle;

/// <summary>A value of ours and the Python expression of the same value, independent of any pickle.</summary>
public sealed record PythonValue(object? Value, string Expression)
{
    public override string ToString() => Expression;
}

/// <summary>Generated values of all kinds that a pickle may hold, as .NET reads them.</summary>
internal static class PythonValues
{
    private static readonly Gen<PythonValue> s_integers = Gen.OneOf(
        Gen.Choose(-300, 300).Select(number => (long)number),
        Gen.Elements(short.MaxValue, ushort.MaxValue, 65536L, int.MaxValue, int.MinValue, int.MaxValue + 1L, int.MinValue - 1L, long.MaxValue, long.MinValue),
        ArbMap.Default.GeneratorFor<long>().Select(number => number * 7919)).Select(number => Make(Fit(number), number.ToString(CultureInfo.InvariantCulture)));

    private static readonly Gen<PythonValue> s_large =
        from exponent in Gen.Choose(62, 2500)
        from low in ArbMap.Default.GeneratorFor<int>()
        from negative in Gen.Elements(true, false)
        let number = (BigInteger.Pow(2, exponent) + low) * (negative ? -1 : 1)
        select number > long.MaxValue || number < long.MinValue
            ? Make(
                number,
                $"int('{number.ToString("x", CultureInfo.InvariantCulture)}', 16) - "
                    + $"{(number.Sign < 0 ? $"(1 << {4 * number.ToString("x", CultureInfo.InvariantCulture).Length})" : "0")}")
            : Make(Fit((long)number), number.ToString(CultureInfo.InvariantCulture));

    private static readonly Gen<double> s_doubles = Gen.OneOf(
        Gen.Elements(0.0, -0.0, 1.0, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.MaxValue, double.Epsilon, 0.1),
        ArbMap.Default.GeneratorFor<long>().Select(bits => BitConverter.Int64BitsToDouble(bits * 0x9E3779B97F4A7C1)).Where(number => !double.IsNaN(number)));

    private static readonly Gen<PythonValue> s_floats = s_doubles.Select(number => Make(number, Float(number)));

    private static readonly Gen<string> s_strings =
        from pieces in Gen.Elements("a", "é", "€", "\0", "\n", "\\", "\\u0041", "'", "\r", "\u001a", "\U0001F600", "\uDC80", "\uFFFF", "ß", "word ").ArrayOf()
        select string.Concat(pieces);

    private static readonly Gen<PythonValue> s_texts = s_strings.Select(text => Make(text, Text(text)));

    private static readonly Gen<PythonValue> s_bytes = ArbMap.Default.GeneratorFor<byte[]>().Select(bytes => Make(bytes, Bytes(bytes)));

    private static readonly Gen<PythonValue> s_dates =
        from ticks in Gen.Choose(0, int.MaxValue)
        from more in Gen.Choose(0, int.MaxValue)
        from minutes in Gen.Choose(-14 * 60, 14 * 60)
        from kind in Gen.Choose(0, 4)
        let moment = new DateTime(
            (long)(
                ticks / (double)int.MaxValue * (
                    DateTime.MaxValue.Ticks - (4 * TimeSpan.TicksPerDay)) / 10) * 10 + (2 * TimeSpan.TicksPerDay) + (more % 86_400_000_000L * 10))
        let fields = $"{moment.Year}, {moment.Month}, {moment.Day}, {moment.Hour}, {moment.Minute}, {moment.Second}, "
            + $"{moment.Ticks % TimeSpan.TicksPerSecond / 10}"
        select kind switch
        {
            0 => Make(moment, $"datetime.datetime({fields})"),
            1 => Make(new DateTimeOffset(moment, TimeSpan.FromMinutes(minutes)), $"datetime.datetime({fields}, timezone(timedelta(minutes={minutes})))"),
            2 => Make(DateOnly.FromDateTime(moment), $"date({moment.Year}, {moment.Month}, {moment.Day})"),
            3 => Make(TimeOnly.FromDateTime(moment), $"time({string.Join(", ", fields.Split(", ")[3..])})"),
            _ =>
                Make(
                    new TimeSpan((moment.Ticks - new DateTime(5000, 1, 1).Ticks)),
                    $"timedelta(microseconds={(moment.Ticks - new DateTime(5000, 1, 1).Ticks) / 10})"),
        };

    private static readonly Gen<PythonValue> s_zones =
        from seconds in Gen.Choose(-86_399, 86_399)
        from name in Gen.Elements(null, "CET", "ü")
        let zone = $"timedelta(seconds={seconds})"
        select Make(new PyTimeZone(TimeSpan.FromSeconds(seconds), name), name is null ? $"timezone({zone})" : $"timezone({zone}, {Text(name)})");

    private static readonly Gen<PythonValue> s_complex =
        from real in s_doubles
        from imaginary in s_doubles
        select Make(new Complex(real, imaginary), $"complex({Float(real)}, {Float(imaginary)})");

    private static readonly Gen<PythonValue> s_scalars = Gen.OneOf(
        Gen.Elements(Make(null, "None"), Make(true, "True"), Make(false, "False")), s_integers, s_large, s_floats, s_texts, s_bytes, s_dates, s_zones,
        s_complex,
        ArbMap.Default.GeneratorFor<byte[]>().Select(bytes => Make(new Memory<byte>(bytes), $"bytearray({Bytes(bytes)})")));

    public static Gen<PythonValue> All { get; } = Gen.Sized(size => Of(Math.Min(size, 40)));

    private static Gen<PythonValue> Of(int size) => size <= 1
        ? s_scalars
        : Gen.Frequency(
            (3, s_scalars),
            (2, Several(size).Select(items => Make(items.Select(item => item.Value).ToList(), $"[{Join(items)}]"))),
            (
                2,
                Several(size).Select(items =>
                    Make(new PyTuple(items.Select(item => item.Value).ToArray()), $"({Join(items)}{(items.Length == 1 ? "," : "")})"))),
            (
                1,
                Keys(size).Select(items =>
                    Make(items.Select(item => item.Value).ToHashSet(Multiproc.Serialization.Pickle.PythonEquality.Instance), $"set([{Join(items)}])"))),
            (1, Keys(size).Select(items => Make(new PyFrozenSet(items.Select(item => item.Value)), $"frozenset([{Join(items)}])"))),
            (2, Dictionaries(size)),
            (1, from name in Gen.Elements("ValueError", "KeyError", "RuntimeError", "ZeroDivisionError", "StopIteration")
                from items in Several(size)
                select Make(new PythonException(name, items.Select(item => item.Value).ToArray()), $"{name}({Join(items)})")));

    private static Gen<PythonValue[]> Several(int size) => Gen.Choose(0, 4).SelectMany(count => Of(size / (count + 1)).ArrayOf(count));

    /// <summary>Hashable and different: what may be a key. NaN is left out, since it equals nothing.</summary>
    private static Gen<PythonValue[]> Keys(int size)
    {
        var simple = Gen.OneOf(
            Gen.Elements(Make(null, "None"), Make(true, "True"), Make(1.5, "1.5"), Make(2.0, "2.0")), s_integers, s_large, s_texts, s_bytes, s_dates, s_zones);
        var keys = Gen.OneOf(
            simple,
            simple.ArrayOf(2).Select(items => Make(new PyTuple(items[0].Value, items[1].Value), $"({Join(items)})")),
            simple.ArrayOf(1).Select(items => Make(new PyFrozenSet([items[0].Value]), $"frozenset([{Join(items)}])")));
        return Gen.Choose(0, Math.Min(4, size)).SelectMany(count => keys.ArrayOf(count))
            .Select(items => items.DistinctBy(item => item.Value, Multiproc.Serialization.Pickle.PythonEquality.Instance).ToArray());
    }

    private static Gen<PythonValue> Dictionaries(int size) =>
        from keys in Keys(size)
        from values in Of(size / 3).ArrayOf(keys.Length)
        let pairs = keys.Zip(values)
        select Make(
            pairs.ToDictionary(pair => pair.First.Value ?? DBNull.Value, pair => pair.Second.Value, Multiproc.Serialization.Pickle.PythonEquality.Instance!),
            $"{{{string.Join(", ", pairs.Select(pair => $"{pair.First.Expression}: {pair.Second.Expression}"))}}}");

    private static string Join(PythonValue[] items) => string.Join(", ", items.Select(item => item.Expression));

    private static object Fit(long number) => number is >= int.MinValue and <= int.MaxValue ? (object)(int)number : number;

    private static string Float(double number) => $"struct.unpack('>d', bytes.fromhex('{BitConverter.DoubleToInt64Bits(number):x16}'))[0]";

    private static string Bytes(byte[] bytes) => $"bytes.fromhex('{Convert.ToHexString(bytes)}')";

    /// <summary>Surrogate pairs are one character in Python, lone ones are themselves.</summary>
    private static string Text(string text)
    {
        var code = new StringBuilder("'");
        for (int i = 0; i < text.Length; i++)
        {
            int point = char.IsSurrogatePair(text, Math.Min(i, text.Length - 1)) && i + 1 < text.Length ? char.ConvertToUtf32(text[i], text[++i]) : text[i];
            code.Append(CultureInfo.InvariantCulture, $"\\U{point:x8}");
        }

        return code.Append('\'').ToString();
    }

    private static PythonValue Make(object? value, string expression) => new(value, expression);
}
