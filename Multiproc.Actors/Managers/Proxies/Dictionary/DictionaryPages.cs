using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Managers;

/// <summary>Reads the wire form of a dictionary's entries: key, value, key, value.</summary>
internal static class DictionaryPages
{
    public static List<KeyValuePair<TKey, TValue>> Unpack<TKey, TValue>(Payload page)
    {
        var reader = new WireReader(page.Bytes.Span);
        var flat = reader.Payloads();
        var pairs = new List<KeyValuePair<TKey, TValue>>(flat.Length / 2);
        for (int i = 0; i + 1 < flat.Length; i += 2)
        {
            pairs.Add(new(Serializer.Unpack<TKey>(flat[i]), Serializer.Unpack<TValue>(flat[i + 1])));
        }

        return pairs;
    }
}
