namespace Multiproc.Torture.Oracles;

/// <summary>An item of a queue, which tells whether it is whole.</summary>
/// <param name="Number">Its number in its queue.</param>
/// <param name="Bytes">Content that follows from the number.</param>
internal sealed record Item(int Number, byte[] Bytes)
{
    private const int Longest = 6000;

    public static Item Make(int number)
    {
        byte[] bytes = new byte[LengthOf(number)];
        bytes.AsSpan().Fill((byte)number);
        return new Item(number, bytes);
    }

    public bool IsWhole => Bytes.Length == LengthOf(Number) && Bytes.AsSpan().IndexOfAnyExcept((byte)Number) < 0;

    private static int LengthOf(int number) => (int)(unchecked((uint)number * 2654435761) % Longest);
}
