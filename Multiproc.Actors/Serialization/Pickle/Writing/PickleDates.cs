using System.Buffers.Binary;

namespace Multiproc.Serialization.Pickle;

/// <summary>
/// Writes dates and times as Python's <c>datetime</c> pickles them. Python counts microseconds: .NET's tenths of a microsecond are truncated.
/// A DateTime of kind Utc and a DateTimeOffset become aware datetimes, all others naive ones.
/// </summary>
internal static class PickleDates
{
    public static bool TryWrite(PickleOutput output, object value)
    {
        switch (value)
        {
            case DateTime { Kind: DateTimeKind.Utc } utc:
                Moment(output, utc, TimeSpan.Zero);
                return true;
            case DateTime local:
                Moment(output, local, null);
                return true;
            case DateTimeOffset moment:
                Moment(output, moment.DateTime, moment.Offset);
                return true;
            case DateOnly date:
                output.Global("datetime", "date");
                output.Bytes(Fields(date));
                End(output, Opcode.Tuple1);
                return true;
            case TimeOnly time:
                output.Global("datetime", "time");
                output.Bytes(Fields(time));
                End(output, Opcode.Tuple1);
                return true;
            case TimeSpan duration:
                Duration(output, duration);
                return true;
            case PyTimeZone zone:
                Zone(output, zone.Offset, zone.Name);
                return true;
            default:
                return false;
        }
    }

    private static void Moment(PickleOutput output, DateTime moment, TimeSpan? offset)
    {
        output.Global("datetime", "datetime");
        output.Bytes([.. Fields(DateOnly.FromDateTime(moment)), .. Fields(TimeOnly.FromDateTime(moment))]);
        if (offset is { } known)
        {
            Zone(output, known, null);
        }

        End(output, offset is null ? Opcode.Tuple1 : Opcode.Tuple2);
    }

    private static void Zone(PickleOutput output, TimeSpan offset, string? name)
    {
        output.Global("datetime", "timezone");
        Duration(output, offset);
        if (name is not null)
        {
            output.Text(name);
        }

        End(output, name is null ? Opcode.Tuple1 : Opcode.Tuple2);
    }

    private static void Duration(PickleOutput output, TimeSpan duration)
    {
        // Only the days carry the sign.
        var (days, rest) = (Math.DivRem(duration.Ticks, TimeSpan.TicksPerDay).Quotient, duration.Ticks % TimeSpan.TicksPerDay);
        (days, rest) = rest < 0 ? (days - 1, rest + TimeSpan.TicksPerDay) : (days, rest);
        output.Global("datetime", "timedelta");
        output.Int((int)days);
        output.Int((int)(rest / TimeSpan.TicksPerSecond));
        output.Int((int)(rest % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond));
        End(output, Opcode.Tuple3);
    }

    private static byte[] Fields(DateOnly date)
    {
        byte[] fields = new byte[4];
        BinaryPrimitives.WriteUInt16BigEndian(fields, (ushort)date.Year);
        fields[2] = (byte)date.Month;
        fields[3] = (byte)date.Day;
        return fields;
    }

    private static byte[] Fields(TimeOnly time)
    {
        int microseconds = (int)(time.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond);
        return [(byte)time.Hour, (byte)time.Minute, (byte)time.Second, (byte)(microseconds >> 16), (byte)(microseconds >> 8), (byte)microseconds];
    }

    private static void End(PickleOutput output, Opcode tuple)
    {
        output.Op(tuple);
        output.Op(Opcode.Reduce);
    }
}
