using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Managers;

/// <summary>Packs several values into one message.</summary>
internal static class PackedItems
{
    /// <summary>
    /// Rejects null as a dictionary key before it is stored, since no <see cref="System.Collections.Generic.Dictionary{TKey, TValue}"/> could be copied from
    /// the proxy any more.
    /// </summary>
    /// <exception cref="ArgumentNullException">The key is null.</exception>
    public static T RequireKey<T>(T key) =>
        key is not null ? key : throw new ArgumentNullException(nameof(key), "A dictionary key must not be null. Nothing was written.");

    public static List<T> Unpack<T>(Payload page)
    {
        var reader = new WireReader(page.Bytes.Span);
        var packed = reader.Payloads();
        var items = new List<T>(packed.Length);
        foreach (var item in packed)
        {
            items.Add(Serializer.Unpack<T>(item));
        }

        return items;
    }

    /// <summary>Packs the initial items of a list as the options of its object type.</summary>
    /// <param name="items">The items.</param>
    /// <param name="outliveProcesses">Whether the object is kept for longer than any process lives.</param>
    public static Payload Options<T>(IEnumerable<T> items, bool outliveProcesses)
    {
        using var writer = new WireWriter();
        writer.Payloads([.. items.Select(item => outliveProcesses ? Serializer.PackToOutlive(item) : Serializer.Pack(item))]);
        return new Payload(writer.ToArray());
    }

    /// <summary>For a list's command: an index from the start, which may lie beyond the end.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The start or the count is negative.</exception>
    public static (long From, long To) Places(int start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return (start, (long)start + count);
    }

    /// <summary>For a list's command: an index from the end counts down from -1.</summary>
    public static long Place(Index index) => index.IsFromEnd ? ~(long)index.Value : index.Value;
}
