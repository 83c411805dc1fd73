using System.Runtime.InteropServices;

namespace WordCount;

/// <summary>The words of some files.</summary>
internal sealed class Tally
{
    public Dictionary<string, long> Words { get; } = [];

    public List<(int Index, string Reason)> Skipped { get; } = [];

    public int Files { get; private set; }

    public long Bytes { get; private set; }

    /// <exception cref="IOException">The file cannot be read, or is not a text file.</exception>
    public void Add(string path)
    {
        string text = Text.Read(path) ?? throw new IOException("not a text file");
        Text.Count(text, Words);
        Files++;
        Bytes += new FileInfo(path).Length;
    }

    public Tally Add(Tally other)
    {
        foreach (var (word, count) in other.Words)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(Words, word, out _) += count;
        }

        Skipped.AddRange(other.Skipped);
        Files += other.Files;
        Bytes += other.Bytes;
        return this;
    }
}
