using System.Globalization;

namespace Multiproc.Serialization.Codecs;

/// <summary>The wire form of a culture: its name, and the changes that the program made to it.</summary>
internal static class Cultures
{
    public static void Write(WireWriter writer, CultureInfo culture)
    {
        var known = Known(culture.Name);
        bool isKnown = ReferenceEquals(culture, known) || ReferenceEquals(culture, CultureInfo.GetCultureInfo(""));
        writer.String((known ?? CultureInfo.InvariantCulture).Name);
        writer.Bool(!isKnown);
        if (!isKnown)
        {
            CultureChanges.Write(writer, culture, known ?? CultureInfo.InvariantCulture);
        }
    }

    /// <exception cref="SerializationException">This process does not know the culture.</exception>
    public static CultureInfo Read(ref WireReader reader)
    {
        string name = reader.String();
        var known = Named(name);
        if (!reader.Bool())
        {
            return known;
        }

        try
        {
            return CultureChanges.Read(ref reader, known);
        }
        catch (ArgumentException malformed)
        {
            throw new SerializationException($"Malformed value: the culture '{name}' cannot be changed like this ({malformed.Message})", malformed);
        }
    }

    /// <exception cref="SerializationException">This process does not know the culture.</exception>
    public static CultureInfo Named(string name) =>
        Known(name) ?? throw new SerializationException(
            $"This process does not know the culture '{name}': with InvariantGlobalization it knows none but the invariant one.");

    private static CultureInfo? Known(string name)
    {
        try
        {
            return name.Length == 0 ? CultureInfo.InvariantCulture : CultureInfo.GetCultureInfo(name);
        }
        catch (CultureNotFoundException)
        {
            // A class of the program with that name: its formats are sent as changes of the invariant culture.
            return null;
        }
    }
}
