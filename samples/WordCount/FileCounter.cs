using Multiproc;

namespace WordCount;

/// <summary>
/// Counts the words of one file after the other, in a worker. It is sent to the workers with the job; its dictionary is a proxy of the same object everywhere.
/// </summary>
/// <param name="begun">
/// Which files were begun and not finished; null if a file that a worker died of is counted again. A file that is found here was under way when its worker died.
/// </param>
internal sealed class FileCounter(DictionaryProxy<int, bool>? begun)
{
    public Tally Add(Tally tally, (int Index, string Path) file)
    {
        if (begun?.TryAdd(file.Index, true) == false)
        {
            tally.Skipped.Add((file.Index, "its worker died"));
            return tally;
        }

        try
        {
            tally.Add(file.Path);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            tally.Skipped.Add((file.Index, unreadable.Message));
        }

        begun?.Remove(file.Index);
        return tally;
    }
}
