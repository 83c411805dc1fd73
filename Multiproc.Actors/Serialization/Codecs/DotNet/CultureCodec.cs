using System.Globalization;
using System.Reflection;

namespace Multiproc.Serialization.Codecs;

/// <summary>
/// Sends a culture as its name and the changes that the program made to it, in the form in which children receive the cultures of their parent.
/// </summary>
internal sealed class CultureCodec : Codec<CultureInfo>
{
    public override bool IsLate(object value) => true;

    public override void Write(WriteContext context, CultureInfo value) => Cultures.Write(context.Writer, value);

    public override CultureInfo Read(ReadContext context, ref WireReader reader, int id) => Cultures.Read(ref reader);
}

/// <summary>Sends formats of numbers or dates that are values by themselves.</summary>
internal sealed class FormatCodec<TFormat> : Codec<TFormat>
    where TFormat : class, new()
{
    public override bool IsLate(object value) => true;

    public override void Write(WriteContext context, TFormat value) => Formats<TFormat>.Write(context, value);

    public override TFormat Read(ReadContext context, ref WireReader reader, int id) => Formats<TFormat>.Read(context, ref reader, new TFormat());
}

/// <summary>Sends formats of numbers or dates as their settable properties.</summary>
internal static class Formats<TFormat>
    where TFormat : class
{
    /// <summary>The settable properties; the calendar comes first, since setting it resets others.</summary>
    private static readonly PropertyInfo[] s_settings =
    [
        .. typeof(TFormat).GetProperties(BindingFlags.Instance | BindingFlags.Public)
            .Where(static each => each is { CanRead: true, CanWrite: true } && each.PropertyType != typeof(Calendar))
            .OrderBy(static each => each.Name, StringComparer.Ordinal),
    ];

    public static void Write(WriteContext context, TFormat value)
    {
        context.Writer.Bool(IsReadOnly(value));
        if (value is DateTimeFormatInfo dates)
        {
            context.Type(dates.Calendar.GetType());
            context.Writer.Int32(dates.Calendar is GregorianCalendar gregorian ? (int)gregorian.CalendarType : 0);
        }

        foreach (var setting in s_settings)
        {
            Slot.Write(context, setting.GetValue(value), setting.PropertyType);
        }
    }

    public static TFormat Read(ReadContext context, ref WireReader reader, TFormat fresh)
    {
        bool isReadOnly = reader.Bool();
        if (fresh is DateTimeFormatInfo dates)
        {
            SetCalendar(dates, context.Type(ref reader), reader.Int32());
        }

        foreach (var setting in s_settings)
        {
            object? value = Slot.Read(context, ref reader, setting.PropertyType);
            if (!Equals(setting.GetValue(fresh), value))
            {
                setting.SetValue(fresh, value, BindingFlags.DoNotWrapExceptions, null, null, null);
            }
        }

        return !isReadOnly ? fresh
            : fresh is NumberFormatInfo numbers ? (TFormat)(object)NumberFormatInfo.ReadOnly(numbers)
            : (TFormat)(object)DateTimeFormatInfo.ReadOnly((DateTimeFormatInfo)(object)fresh);
    }

    private static bool IsReadOnly(TFormat value) => value is NumberFormatInfo { IsReadOnly: true } or DateTimeFormatInfo { IsReadOnly: true };

    private static void SetCalendar(DateTimeFormatInfo dates, Type type, int kind)
    {
        if (type == dates.Calendar.GetType() && (dates.Calendar is not GregorianCalendar same || (int)same.CalendarType == kind))
        {
            return;
        }

        if (!typeof(Calendar).IsAssignableFrom(type) || type.IsAbstract || type.Assembly != typeof(Calendar).Assembly)
        {
            throw new SerializationException($"Malformed value: a {TypeNames.Of(type)} is no calendar of .NET.");
        }

        dates.Calendar = type == typeof(GregorianCalendar) ? new GregorianCalendar((GregorianCalendarTypes)kind) : (Calendar)Activator.CreateInstance(type)!;
    }
}
