namespace Multiproc.Serialization;

/// <summary>
/// Caches the types read recently, by their serialized bytes: finding a type by its tokens takes microseconds, and most messages are of the same few types.
/// Each entry holds one type, which a newer one replaces: the memory is bounded, whatever peers send.
/// </summary>
internal static class TypeMemo
{
    private const int Places = 256;
    private const int LongestKept = 1024;

    private static readonly Entry?[] s_entries = new Entry?[Places];

    public static Type? Find(ReadOnlySpan<byte> told) =>
        Volatile.Read(ref s_entries[Place(told)]) is { } entry && told.SequenceEqual(entry.Told) ? entry.Type : null;

    public static void Keep(ReadOnlySpan<byte> told, Type type)
    {
        if (told.Length <= LongestKept)
        {
            Volatile.Write(ref s_entries[Place(told)], new Entry(told.ToArray(), type));
        }
    }

    private static int Place(ReadOnlySpan<byte> told)
    {
        var hash = default(HashCode);
        hash.AddBytes(told);
        return hash.ToHashCode() & (Places - 1);
    }

    private sealed record Entry(byte[] Told, Type Type);
}
