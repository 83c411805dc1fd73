using System.Runtime.InteropServices;

namespace WordCount;

/// <summary>Reads texts and counts their words. A word is a run of letters and digits, in lower case.</summary>
internal static class Text
{
    public static void Count(ReadOnlySpan<char> text, Dictionary<string, long> counts)
    {
        var bySpan = counts.GetAlternateLookup<ReadOnlySpan<char>>();
        Span<char> lower = stackalloc char[256];
        int start = -1;
        for (int i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && char.IsLetterOrDigit(text[i]))
            {
                start = start < 0 ? i : start;
            }
            else if (start >= 0)
            {
                var word = text[start..i];
                start = -1;
                if (word.Length <= lower.Length)
                {
                    int length = word.ToLowerInvariant(lower);
                    CollectionsMarshal.GetValueRefOrAddDefault(bySpan, lower[..length], out _)++;
                }
            }
        }
    }

    /// <summary>Reads a text file; null if the file is not text.</summary>
    public static string? Read(string path)
    {
        string text = File.ReadAllText(path);
        return text.AsSpan(0, Math.Min(text.Length, 4096)).Contains('\0') ? null : text;
    }
}
