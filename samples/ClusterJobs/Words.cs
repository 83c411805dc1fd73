using System.Runtime.InteropServices;

namespace ClusterJobs;

/// <summary>Counts the words of files. Runs in workers, and once more in this process to check the result.</summary>
internal static class Words
{
    /// <summary>Counts the words of a file: runs of letters and digits, in lower case. One that is no text has none.</summary>
    public static Dictionary<string, long> CountFile(string path)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        string text = File.ReadAllText(path);
        if (text.AsSpan(0, Math.Min(text.Length, 4096)).Contains('\0'))
        {
            return counts;
        }

        int start = -1;
        for (int i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && char.IsLetterOrDigit(text[i]))
            {
                start = start < 0 ? i : start;
            }
            else if (start >= 0)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(counts, text[start..i].ToLowerInvariant(), out _)++;
                start = -1;
            }
        }

        return counts;
    }

    public static void Add(Dictionary<string, long> to, IReadOnlyDictionary<string, long> counts)
    {
        foreach (var (word, count) in counts)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(to, word, out _) += count;
        }
    }
}
