namespace IsolatedActors;

/// <summary>An image to be made smaller, and whether the library that does it will crash on it this time.</summary>
internal sealed record Image(int Number, int Width, int Height, byte[] Pixels)
{
    public static Image Make(int number, Random random)
    {
        (int width, int height) = (64 * random.Next(1, 5), 64 * random.Next(1, 5));
        byte[] pixels = new byte[width * height];
        random.NextBytes(pixels);
        return new Image(number, width, height, pixels);
    }
}

/// <summary>A finished thumbnail.</summary>
internal sealed record Thumbnail(int Number, int Checksum);
