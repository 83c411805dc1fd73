using System.Globalization;
using System.Reflection;

namespace Multiproc.Serialization.Codecs;

internal static class Cultures
{
    /// <exception cref="SerializationException">It is not known here.</exception>
    public static CultureInfo Named(string name)
    {
        try
        {
            return CultureInfo.GetCultureInfo(name);
        }
        catch (CultureNotFoundException)
        {
            throw new SerializationException("Malformed value: these bytes are not a culture of this process.");
        }
    }
}

/// <summary>A culture by its name, and what somebody has set in it.</summary>
internal sealed class CultureCodec : Codec<CultureInfo>
{
    private enum Form : byte
    {
        /// <summary>As the system has it: the one object that <see cref="CultureInfo.GetCultureInfo(string)"/> gives.</summary>
        Shared = 0,

        Own = 1,
        OwnReadOnly = 2,
    }

    public override bool IsLate(object value) => true;

    public override void Write(WriteContext context, CultureInfo value)
    {
        context.Writer.String(value.Name);
        if (ReferenceEquals(value, CultureInfo.GetCultureInfo(value.Name)) || ReferenceEquals(value, CultureInfo.InvariantCulture))
        {
            context.Writer.Byte((byte)Form.Shared);
            return;
        }

        context.Writer.Byte((byte)(value.IsReadOnly ? Form.OwnReadOnly : Form.Own));
        context.Writer.Bool(value.UseUserOverride);
        Formats<NumberFormatInfo>.Write(context, value.NumberFormat);
        Formats<DateTimeFormatInfo>.Write(context, value.DateTimeFormat);
    }

    public override CultureInfo Read(ReadContext context, ref WireReader reader, int id)
    {
        var known = Cultures.Named(reader.String());
        byte form = reader.Byte();
        if ((Form)form is not (Form.Own or Form.OwnReadOnly))
        {
            return (Form)form == Form.Shared ? known : throw new SerializationException($"Malformed value: {form} is not a form of a culture.");
        }

        var own = new CultureInfo(known.Name, reader.Bool());
        own.NumberFormat = Formats<NumberFormatInfo>.Read(context, ref reader, own.NumberFormat);
        own.DateTimeFormat = Formats<DateTimeFormatInfo>.Read(context, ref reader, own.DateTimeFormat);
        return (Form)form == Form.OwnReadOnly ? CultureInfo.ReadOnly(own) : own;
    }
}

internal sealed class FormatCodec<TFormat> : Codec<TFormat>
    where TFormat : class, new()
{
    public override bool IsLate(object value) => true;

    public override void Write(WriteContext context, TFormat value) => Formats<TFormat>.Write(context, value);

    public override TFormat Read(ReadContext context, ref WireReader reader, int id) => Formats<TFormat>.Read(context, ref reader, new TFormat());
}

/// <summary>Formats of numbers or dates by all that can be set in them.</summary>
internal static class Formats<TFormat>
    where TFormat : class
{
    /// <summary>The calendar first: to set it sets others anew.</summary>
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
