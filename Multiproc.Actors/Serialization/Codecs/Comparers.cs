namespace Multiproc.Serialization.Codecs;

/// <summary>The comparers that both sides have: the default one, and .NET's for strings.</summary>
internal static class Comparers
{
    public const string Foreign = "has a comparer of its own, which cannot be sent: use the default one or one of StringComparer's";

    public static void Write<TKey>(WireWriter writer, object? comparer)
    {
        byte tag = comparer switch
        {
            null => 0,
            StringComparer text when text.Equals(StringComparer.Ordinal) => 1,
            StringComparer text when text.Equals(StringComparer.OrdinalIgnoreCase) => 2,
            StringComparer text when text.Equals(StringComparer.InvariantCulture) => 3,
            StringComparer text when text.Equals(StringComparer.InvariantCultureIgnoreCase) => 4,
            _ when ReferenceEquals(comparer, EqualityComparer<TKey>.Default) || ReferenceEquals(comparer, Comparer<TKey>.Default) => 0,
            _ => throw new UnsendableException(Foreign),
        };
        writer.Byte(tag);
    }

    public static IEqualityComparer<T>? Read<T>(ref WireReader reader)
    {
        byte tag = reader.Byte();
        return tag switch
        {
            0 => null,
            1 => StringComparer.Ordinal as IEqualityComparer<T>,
            2 => StringComparer.OrdinalIgnoreCase as IEqualityComparer<T>,
            3 => StringComparer.InvariantCulture as IEqualityComparer<T>,
            4 => StringComparer.InvariantCultureIgnoreCase as IEqualityComparer<T>,
            _ => throw new SerializationException($"Malformed value: comparer {tag} is unknown."),
        };
    }
}
