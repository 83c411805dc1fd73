using Multiproc;

namespace WordCount;

/// <summary>The outcome for one file.</summary>
internal sealed record FileResult(int Index, long Bytes, string? Error);

/// <summary>
/// Counts the words of one file, in a worker. The object is sent to the workers with the job; its dictionary is a proxy of the same object everywhere.
/// </summary>
internal sealed class FileCounter(DictionaryProxy<string, long> totals)
{
    /// <summary>Not contained in any word: keys that begin with it are marks, not words.</summary>
    public const char Mark = '#';

    /// <summary>
    /// Counts a file. Its words and its mark are added in one step, so that the file is counted once even if its worker dies right after that and another
    /// worker gets it again.
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
    /// Gives up a file whose worker died, so that it is not counted any more. Returns false if it has been counted, because the worker died only after
    /// that.
    /// </summary>
    public bool GiveUp(int index) => totals.TryAdd(MarkOf(index), 0);

    private static string MarkOf(int index) => $"{Mark}{index}";
}
