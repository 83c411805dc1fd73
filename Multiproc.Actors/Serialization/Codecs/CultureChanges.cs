using System.Globalization;

namespace Multiproc.Serialization.Codecs;

/// <summary>
/// The changes that a program made to a culture: its formats are compared one by one with those of the predefined culture of that name, and differences are
/// sent.
/// </summary>
internal static class CultureChanges
{
    // Numbers on the wire: new ones at the end. The long date and time come before the full pattern, which they change.
    private static readonly IFormatPart<NumberFormatInfo>[] s_number =
    [
        new TextPart<NumberFormatInfo>(static f => f.CurrencyDecimalSeparator, static (f, v) => f.CurrencyDecimalSeparator = v),
        new TextPart<NumberFormatInfo>(static f => f.CurrencyGroupSeparator, static (f, v) => f.CurrencyGroupSeparator = v),
        new TextPart<NumberFormatInfo>(static f => f.CurrencySymbol, static (f, v) => f.CurrencySymbol = v),
        new TextPart<NumberFormatInfo>(static f => f.NaNSymbol, static (f, v) => f.NaNSymbol = v),
        new TextPart<NumberFormatInfo>(static f => f.NegativeInfinitySymbol, static (f, v) => f.NegativeInfinitySymbol = v),
        new TextPart<NumberFormatInfo>(static f => f.NegativeSign, static (f, v) => f.NegativeSign = v),
        new TextPart<NumberFormatInfo>(static f => f.NumberDecimalSeparator, static (f, v) => f.NumberDecimalSeparator = v),
        new TextPart<NumberFormatInfo>(static f => f.NumberGroupSeparator, static (f, v) => f.NumberGroupSeparator = v),
        new TextPart<NumberFormatInfo>(static f => f.PercentDecimalSeparator, static (f, v) => f.PercentDecimalSeparator = v),
        new TextPart<NumberFormatInfo>(static f => f.PercentGroupSeparator, static (f, v) => f.PercentGroupSeparator = v),
        new TextPart<NumberFormatInfo>(static f => f.PercentSymbol, static (f, v) => f.PercentSymbol = v),
        new TextPart<NumberFormatInfo>(static f => f.PerMilleSymbol, static (f, v) => f.PerMilleSymbol = v),
        new TextPart<NumberFormatInfo>(static f => f.PositiveInfinitySymbol, static (f, v) => f.PositiveInfinitySymbol = v),
        new TextPart<NumberFormatInfo>(static f => f.PositiveSign, static (f, v) => f.PositiveSign = v),
        new NumberPart<NumberFormatInfo>(static f => f.CurrencyDecimalDigits, static (f, v) => f.CurrencyDecimalDigits = v),
        new NumberPart<NumberFormatInfo>(static f => f.CurrencyNegativePattern, static (f, v) => f.CurrencyNegativePattern = v),
        new NumberPart<NumberFormatInfo>(static f => f.CurrencyPositivePattern, static (f, v) => f.CurrencyPositivePattern = v),
        new NumberPart<NumberFormatInfo>(static f => f.NumberDecimalDigits, static (f, v) => f.NumberDecimalDigits = v),
        new NumberPart<NumberFormatInfo>(static f => f.NumberNegativePattern, static (f, v) => f.NumberNegativePattern = v),
        new NumberPart<NumberFormatInfo>(static f => f.PercentDecimalDigits, static (f, v) => f.PercentDecimalDigits = v),
        new NumberPart<NumberFormatInfo>(static f => f.PercentNegativePattern, static (f, v) => f.PercentNegativePattern = v),
        new NumberPart<NumberFormatInfo>(static f => f.PercentPositivePattern, static (f, v) => f.PercentPositivePattern = v),
        new SizesPart<NumberFormatInfo>(static f => f.CurrencyGroupSizes, static (f, v) => f.CurrencyGroupSizes = v),
        new SizesPart<NumberFormatInfo>(static f => f.NumberGroupSizes, static (f, v) => f.NumberGroupSizes = v),
        new SizesPart<NumberFormatInfo>(static f => f.PercentGroupSizes, static (f, v) => f.PercentGroupSizes = v),
        new NumberPart<NumberFormatInfo>(static f => (int)f.DigitSubstitution, static (f, v) => f.DigitSubstitution = (DigitShapes)v),
        new TextsPart<NumberFormatInfo>(static f => f.NativeDigits, static (f, v) => f.NativeDigits = v),
    ];

    private static readonly IFormatPart<DateTimeFormatInfo>[] s_dateTime =
    [
        new TextPart<DateTimeFormatInfo>(static f => f.AMDesignator, static (f, v) => f.AMDesignator = v),
        new TextPart<DateTimeFormatInfo>(static f => f.PMDesignator, static (f, v) => f.PMDesignator = v),
        new TextPart<DateTimeFormatInfo>(static f => f.DateSeparator, static (f, v) => f.DateSeparator = v),
        new TextPart<DateTimeFormatInfo>(static f => f.TimeSeparator, static (f, v) => f.TimeSeparator = v),
        new TextPart<DateTimeFormatInfo>(static f => f.MonthDayPattern, static (f, v) => f.MonthDayPattern = v),
        new TextPart<DateTimeFormatInfo>(static f => f.YearMonthPattern, static (f, v) => f.YearMonthPattern = v),
        new TextPart<DateTimeFormatInfo>(static f => f.ShortDatePattern, static (f, v) => f.ShortDatePattern = v),
        new TextPart<DateTimeFormatInfo>(static f => f.ShortTimePattern, static (f, v) => f.ShortTimePattern = v),
        new TextPart<DateTimeFormatInfo>(static f => f.LongDatePattern, static (f, v) => f.LongDatePattern = v),
        new TextPart<DateTimeFormatInfo>(static f => f.LongTimePattern, static (f, v) => f.LongTimePattern = v),
        new TextPart<DateTimeFormatInfo>(static f => f.FullDateTimePattern, static (f, v) => f.FullDateTimePattern = v),
        new TextsPart<DateTimeFormatInfo>(static f => f.AbbreviatedDayNames, static (f, v) => f.AbbreviatedDayNames = v),
        new TextsPart<DateTimeFormatInfo>(static f => f.AbbreviatedMonthNames, static (f, v) => f.AbbreviatedMonthNames = v),
        new TextsPart<DateTimeFormatInfo>(static f => f.AbbreviatedMonthGenitiveNames, static (f, v) => f.AbbreviatedMonthGenitiveNames = v),
        new TextsPart<DateTimeFormatInfo>(static f => f.DayNames, static (f, v) => f.DayNames = v),
        new TextsPart<DateTimeFormatInfo>(static f => f.MonthNames, static (f, v) => f.MonthNames = v),
        new TextsPart<DateTimeFormatInfo>(static f => f.MonthGenitiveNames, static (f, v) => f.MonthGenitiveNames = v),
        new TextsPart<DateTimeFormatInfo>(static f => f.ShortestDayNames, static (f, v) => f.ShortestDayNames = v),
        new NumberPart<DateTimeFormatInfo>(static f => (int)f.CalendarWeekRule, static (f, v) => f.CalendarWeekRule = (CalendarWeekRule)v),
        new NumberPart<DateTimeFormatInfo>(static f => (int)f.FirstDayOfWeek, static (f, v) => f.FirstDayOfWeek = (DayOfWeek)v),
    ];

    public static void Write(WireWriter writer, CultureInfo culture, CultureInfo known)
    {
        writer.Bool(culture.IsReadOnly);
        Write(writer, s_number, culture.NumberFormat, known.NumberFormat);

        // Setting another calendar changes patterns and names: differences are computed from those.
        int calendar = Array.FindIndex(culture.OptionalCalendars, each => IsLike(each, culture.DateTimeFormat.Calendar));
        var like = Unchanged(known, calendar);
        writer.VarInt(calendar);
        Write(writer, s_dateTime, culture.DateTimeFormat, like.DateTimeFormat);
        writer.Bool(culture.TextInfo.ListSeparator != known.TextInfo.ListSeparator);
        if (culture.TextInfo.ListSeparator != known.TextInfo.ListSeparator)
        {
            writer.String(culture.TextInfo.ListSeparator);
        }
    }

    public static CultureInfo Read(ref WireReader reader, CultureInfo known)
    {
        bool isReadOnly = reader.Bool();
        var culture = (CultureInfo)known.Clone();
        Read(ref reader, s_number, culture.NumberFormat);
        SetCalendar(culture, (int)reader.VarInt());
        Read(ref reader, s_dateTime, culture.DateTimeFormat);
        if (reader.Bool())
        {
            culture.TextInfo.ListSeparator = reader.String();
        }

        return isReadOnly ? CultureInfo.ReadOnly(culture) : culture;
    }

    private static CultureInfo Unchanged(CultureInfo known, int calendar)
    {
        var like = (CultureInfo)known.Clone();
        SetCalendar(like, calendar);
        return like;
    }

    private static void SetCalendar(CultureInfo culture, int index)
    {
        var calendars = culture.OptionalCalendars;
        if (index >= 0 && index < calendars.Length && !IsLike(calendars[index], culture.DateTimeFormat.Calendar))
        {
            culture.DateTimeFormat.Calendar = calendars[index];
        }
    }

    private static bool IsLike(Calendar one, Calendar other) =>
        one.GetType() == other.GetType() && (one as GregorianCalendar)?.CalendarType == (other as GregorianCalendar)?.CalendarType;

    private static void Write<T>(WireWriter writer, IFormatPart<T>[] parts, T format, T known)
    {
        for (int i = 0; i < parts.Length; i++)
        {
            if (parts[i].Differs(format, known))
            {
                writer.Byte((byte)(i + 1));
                parts[i].Write(writer, format);
            }
        }

        writer.Byte(0);
    }

    private static void Read<T>(ref WireReader reader, IFormatPart<T>[] parts, T format)
    {
        for (int part = reader.Byte(); part != 0; part = reader.Byte())
        {
            if (part > parts.Length)
            {
                throw new SerializationException($"Malformed value: {part} is no part of a culture's formats.");
            }

            parts[part - 1].Read(ref reader, format);
        }
    }

    private interface IFormatPart<in T>
    {
        bool Differs(T format, T known);

        void Write(WireWriter writer, T format);

        void Read(ref WireReader reader, T format);
    }

    private sealed class TextPart<T>(Func<T, string> get, Action<T, string> set) : IFormatPart<T>
    {
        public bool Differs(T format, T known) => get(format) != get(known);

        public void Write(WireWriter writer, T format) => Primitives.WriteText(writer, get(format));

        public void Read(ref WireReader reader, T format) => set(format, Primitives.ReadText(ref reader));
    }

    private sealed class NumberPart<T>(Func<T, int> get, Action<T, int> set) : IFormatPart<T>
    {
        public bool Differs(T format, T known) => get(format) != get(known);

        public void Write(WireWriter writer, T format) => writer.VarInt(get(format));

        public void Read(ref WireReader reader, T format) => set(format, (int)reader.VarInt());
    }

    private sealed class SizesPart<T>(Func<T, int[]> get, Action<T, int[]> set) : IFormatPart<T>
    {
        public bool Differs(T format, T known) => !get(format).AsSpan().SequenceEqual(get(known));

        public void Write(WireWriter writer, T format) => writer.Bytes(Array.ConvertAll(get(format), static size => (byte)size));

        public void Read(ref WireReader reader, T format) => set(format, Array.ConvertAll(reader.Bytes().ToArray(), static size => (int)size));
    }

    private sealed class TextsPart<T>(Func<T, string[]> get, Action<T, string[]> set) : IFormatPart<T>
    {
        public bool Differs(T format, T known) => !get(format).AsSpan().SequenceEqual(get(known));

        public void Write(WireWriter writer, T format)
        {
            string[] texts = get(format);
            writer.VarUInt((uint)texts.Length);
            foreach (string text in texts)
            {
                Primitives.WriteText(writer, text);
            }
        }

        public void Read(ref WireReader reader, T format)
        {
            string[] texts = new string[reader.Count(2)];
            for (int i = 0; i < texts.Length; i++)
            {
                texts[i] = Primitives.ReadText(ref reader);
            }

            set(format, texts);
        }
    }
}
