using System.Numerics;

namespace Multiproc.Serialization.Pickle;

/// <summary>
/// Computes the cost of hashing or comparing a value as a key, in elements and words of text: tuples of shared tuples are short to send and
/// take exponential time to walk. Also detects values that Python calls unhashable.
/// </summary>
internal static class KeyCost
{
    public const int Unhashable = -1;
    private const int Most = int.MaxValue / 2;

    public static int Of(object? value) => value switch
    {
        null or bool or int or long or double => 1,
        string text => 1 + (text.Length / 8),
        byte[] bytes => 1 + (bytes.Length / 8),
        BigInteger number => 1 + (int)(number.GetBitLength() / 64),
        PyTuple tuple => tuple.Weight,
        PyFrozenSet set => set.Weight,
        List<object?> or Dictionary<object, object?> or HashSet<object?> or Memory<byte> => Unhashable,
        _ => 1,
    };

    public static (int Weight, int Depth) OfAll<T>(T items)
        where T : IEnumerable<object?>
    {
        int weight = 1;
        int depth = 0;
        foreach (object? item in items)
        {
            int part = Of(item);
            weight = weight == Unhashable || part == Unhashable ? Unhashable : Math.Min(Most, weight + part);
            depth = Math.Max(depth, DepthOf(item));
        }

        return (weight, depth + 1);
    }

    private static int DepthOf(object? value) => value switch
    {
        PyTuple tuple => tuple.Depth,
        PyFrozenSet set => set.Depth,
        _ => 0,
    };
}
