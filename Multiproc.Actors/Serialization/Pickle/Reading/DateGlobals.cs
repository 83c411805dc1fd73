using System.Buffers.Binary;

namespace Multiproc.Serialization.Pickle;

/// <summary>
/// Builds the types of Python's <c>datetime</c>, which pickles them as the bytes of their fields. Values that .NET cannot represent
/// (a time of day with a zone, a timedelta beyond 29 thousand years) are rejected, never changed. The fold of a repeated hour is dropped.
/// </summary>
internal static class DateGlobals
{
    private const int FoldBit = 0x80;

    public static PickleGlobal[] All { get; } =
    [
        CollectionGlobals.Make("datetime", "date", (arguments, budget) => arguments.Items is [{ } state] && Fields(state, 4, budget) is var fields
            ? Date(fields)
            : throw new WrongArgumentsException()),
        CollectionGlobals.Make("datetime", "time", (arguments, budget) => arguments.Items switch
        {
            [{ } state] => new TimeOnly(TimeOfDay(Fields(state, 6, budget)).Ticks),
            [_, PyTimeZone] => throw new SerializationException("Pickle refused: a time of day with a time zone has no counterpart in .NET; send a datetime."),
            _ => throw new WrongArgumentsException(),
        }),
        CollectionGlobals.Make("datetime", "datetime", (arguments, budget) => arguments.Items switch
        {
            [{ } state] => (object)Moment(Fields(state, 10, budget)),
            [{ } state, PyTimeZone zone] => Aware(Moment(Fields(state, 10, budget)), zone),
            _ => throw new WrongArgumentsException(),
        }),
        CollectionGlobals.Make("datetime", "timedelta", (arguments, _) => arguments.Items is [int days, int seconds, int microseconds]
            ? Duration(days, seconds, microseconds)
            : throw new WrongArgumentsException()),
        CollectionGlobals.Make("datetime", "timezone", (arguments, _) => arguments.Items switch
        {
            [TimeSpan offset] => Zone(offset, null),
            [TimeSpan offset, string name] => Zone(offset, name),
            _ => throw new WrongArgumentsException(),
        }),
    ];

    private static ReadOnlySpan<byte> Fields(object state, int size, PickleBudget budget)
    {
        byte[] bytes = state switch
        {
            byte[] same => same,
            string text when text.Length == size => CollectionGlobals.Latin1(text, budget),
            _ => throw new WrongArgumentsException(),
        };
        return bytes.Length == size ? bytes : throw new WrongArgumentsException();
    }

    private static DateOnly Date(ReadOnlySpan<byte> fields)
    {
        int year = BinaryPrimitives.ReadUInt16BigEndian(fields);
        int month = fields[2] & ~FoldBit;
        return year is >= 1 and <= 9999 && month is >= 1 and <= 12 && fields[3] >= 1 && fields[3] <= DateTime.DaysInMonth(year, month)
            ? new DateOnly(year, month, fields[3])
            : throw new WrongArgumentsException();
    }

    private static TimeSpan TimeOfDay(ReadOnlySpan<byte> fields)
    {
        int hour = fields[0] & ~FoldBit;
        int microseconds = (fields[3] << 16) | (fields[4] << 8) | fields[5];
        return hour < 24 && fields[1] < 60 && fields[2] < 60 && microseconds < 1_000_000
            ? new TimeSpan(0, hour, fields[1], fields[2], 0, microseconds)
            : throw new WrongArgumentsException();
    }

    private static DateTime Moment(ReadOnlySpan<byte> fields) =>
        (fields[4] & FoldBit) == 0 ? Date(fields).ToDateTime(TimeOnly.MinValue) + TimeOfDay(fields[4..]) : throw new WrongArgumentsException();

    private static DateTimeOffset Aware(DateTime local, PyTimeZone zone)
    {
        long utc = local.Ticks - zone.Offset.Ticks;
        return zone.Offset.Ticks % TimeSpan.TicksPerMinute == 0 && zone.Offset.Duration() <= TimeSpan.FromHours(14)
            && utc >= 0 && utc <= DateTime.MaxValue.Ticks
            ? new DateTimeOffset(local, zone.Offset)
            : throw new SerializationException(
                $"Pickle refused: a datetime with the offset {zone.Offset} at {local:s} has no counterpart in .NET (whole minutes, 14 hours at most, years "
                    + "1 to 9999 in UTC).");
    }

    private static TimeSpan Duration(int days, int seconds, int microseconds)
    {
        var ticks = ((Int128)days * TimeSpan.TicksPerDay) + ((Int128)seconds * TimeSpan.TicksPerSecond) + ((Int128)microseconds * TimeSpan.TicksPerMicrosecond);
        return ticks >= long.MinValue && ticks <= long.MaxValue
            ? new TimeSpan((long)ticks)
            : throw new SerializationException($"Pickle refused: a timedelta of {days} days is longer than a TimeSpan can be.");
    }

    private static PyTimeZone Zone(TimeSpan offset, string? name) =>
        offset.Duration() < TimeSpan.FromDays(1) ? new PyTimeZone(offset, name) : throw new WrongArgumentsException();
}
