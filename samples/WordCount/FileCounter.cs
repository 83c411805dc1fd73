using Multiproc;

namespace WordCount;

/// <summary>One file, and what came of it.</summary>
internal sealed record FileResult(int Index, long Bytes, string? Error);

/// <summary>
/// What a worker does with one file. The object is sent to the workers with the job: its dictionary and counters are facades of the same objects
/// everywhere.
/// </summary>
internal sealed class FileCounter(DictionaryProxy<string, long> totals, SharedValue<long> files, SharedValue<long> bytes)
{
    /// <summary>No word contains it: keys that begin so are marks, not words.</summary>
    public const char Mark = '#';

    public FileResult Count((int Index, string Path) file)
    {
        try
        {
            long size = new FileInfo(file.Path).Length;
            if (Words.Read(file.Path) is { } text)
            {
                Add(file.Index, Words.Count(text));
                files.Add(1);
                bytes.Add(size);
                return new FileResult(file.Index, size, null);
            }

            return new FileResult(file.Index, 0, "not a text file");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return new FileResult(file.Index, 0, unreadable.Message);
        }
    }

    /// <summary>
    /// The words and the mark of the file are added in one step, so that a file is counted once even if its worker dies right after and another one
    /// gets it again.
    /// </summary>
    private void Add(int index, Dictionary<string, long> words)
    {
        string mark = $"{Mark}{index}";
        if (!totals.ContainsKey(mark))
        {
            words.Add(mark, 1);
            totals.IncrementMany(words);
        }
    }
}
