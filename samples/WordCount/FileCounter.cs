using Multiproc;

namespace WordCount;

/// <summary>One file, and what came of it.</summary>
internal sealed record FileResult(int Index, long Bytes, string? Error);

/// <summary>
/// What a worker does with one file. The object is sent to the workers with the job: its dictionary is a facade of the same object everywhere.
/// </summary>
internal sealed class FileCounter(DictionaryProxy<string, long> totals)
{
    /// <summary>No word contains it: keys that begin so are marks, not words.</summary>
    public const char Mark = '#';

    /// <summary>
    /// Its words are added in one step together with the file's mark, so that a file is counted once, even if its worker dies right after and another one
    /// gets it again.
    /// </summary>
    public FileResult Count((int Index, string Path) file)
    {
        try
        {
            long size = new FileInfo(file.Path).Length;
            if (Words.Read(file.Path) is { } text)
            {
                totals.TryIncrementMany(MarkOf(file.Index), Words.Count(text));
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
    /// For a file whose worker died: makes sure that nobody counts it any more. False when it has been counted after all, because the worker died only
    /// after that.
    /// </summary>
    public bool GiveUp(int index) => totals.TryAdd(MarkOf(index), 0);

    private static string MarkOf(int index) => $"{Mark}{index}";
}
