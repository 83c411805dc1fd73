using System.Globalization;

namespace ClusterJobs;

/// <summary>
/// A file that several programs could write, guarded by a lock of the cluster. A lock alone does not protect it: a holder that was stopped, and taken for dead,
/// wakes up and goes on writing. So each write carries the fence of its lock, and the file refuses those that are older than the newest it has seen.
/// </summary>
internal sealed class IndexFile(string path)
{
    private string FenceFile => $"{path}.fence";

    /// <summary>Writes the index anew.</summary>
    /// <exception cref="InvalidOperationException">Somebody with a newer lock has written it.</exception>
    public void Write(long fence, IReadOnlyDictionary<string, long> totals)
    {
        long newest = File.Exists(FenceFile) ? long.Parse(File.ReadAllText(FenceFile), CultureInfo.InvariantCulture) : 0;
        if (fence < newest)
        {
            throw new InvalidOperationException($"The lock with fence {fence} is an old one: the index has been written with fence {newest}.");
        }

        File.WriteAllText(FenceFile, fence.ToString(CultureInfo.InvariantCulture));
        string making = $"{path}.new";
        var sorted = totals.OrderBy(static each => each.Key, StringComparer.Ordinal);
        File.WriteAllLines(making, sorted.Select(static each => $"{each.Key} {each.Value}"));
        File.Move(making, path, overwrite: true);
    }

    public Dictionary<string, long> Read() => File.ReadLines(path).Select(static line => line.Split(' ')).ToDictionary(
        static parts => parts[0], static parts => long.Parse(parts[1], CultureInfo.InvariantCulture), StringComparer.Ordinal);
}
