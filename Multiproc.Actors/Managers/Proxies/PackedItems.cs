using Multiproc.Objects;
using Multiproc.Serialization;

namespace Multiproc.Managers;

/// <summary>Many values in one message.</summary>
internal static class PackedItems
{
    public static Payload[] Pack<T>(IEnumerable<T> items) => [.. items.Select(static item => Serializer.Pack(item))];

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

    /// <summary>The first items of a list, as options of its kind.</summary>
    public static Payload Options<T>(IEnumerable<T> items)
    {
        using var writer = new WireWriter();
        writer.Payloads(Pack(items));
        return new Payload(writer.ToArray());
    }

    /// <summary>For a list's command: a place from the end counts down from -1.</summary>
    public static long Place(Index index) => index.IsFromEnd ? ~(long)index.Value : index.Value;
}
