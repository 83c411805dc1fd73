namespace Multiproc.Serialization.Codecs;

/// <summary>Sends a time zone of the system as its name, another one as its rules.</summary>
internal static class TimeZones
{
    private enum Form : byte
    {
        Utc = 0,
        Local = 1,
        Named = 2,
        Rules = 3,
    }

    public static void Write(WireWriter writer, TimeZoneInfo zone)
    {
        if (ReferenceEquals(zone, TimeZoneInfo.Utc))
        {
            writer.Byte((byte)Form.Utc);
        }
        else if (TimeZoneInfo.TryFindSystemTimeZoneById(zone.Id, out var known) && known.Equals(zone))
        {
            writer.Byte((byte)(ReferenceEquals(zone, TimeZoneInfo.Local) ? Form.Local : Form.Named));
            Primitives.WriteText(writer, zone.Id);
        }
        else
        {
            string rules = zone.ToSerializedString();
            if (!TimeZoneInfo.FromSerializedString(rules).Equals(zone))
            {
                throw new UnsendableException($"is the time zone '{zone.Id}', which is none of the system and cannot be described by its rules: send its name");
            }

            writer.Byte((byte)Form.Rules);
            Primitives.WriteText(writer, rules);
        }
    }

    public static TimeZoneInfo Read(ref WireReader reader)
    {
        byte form = reader.Byte();
        switch ((Form)form)
        {
            case Form.Utc:
                return TimeZoneInfo.Utc;
            case Form.Local or Form.Named:
                string name = Primitives.ReadText(ref reader);
                return (Form)form == Form.Local && TimeZoneInfo.Local.Id == name ? TimeZoneInfo.Local
                    : TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone
                    : throw new SerializationException($"The time zone '{name}' is not known here.");
            case Form.Rules:
                return TimeZoneInfo.FromSerializedString(Primitives.ReadText(ref reader));
            default:
                throw new SerializationException($"Malformed value: {form} is not a form of a time zone.");
        }
    }
}
