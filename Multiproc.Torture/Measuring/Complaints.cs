namespace Multiproc.Torture.Measuring;

/// <summary>
/// Where processes of the loads tell of broken promises: a file, so that a complaint about the library needs nothing of the library. Sent to each of them.
/// </summary>
/// <param name="Path">The file.</param>
internal sealed record Complaints(string Path)
{
    /// <summary>Adds a line. Lines of several processes do not mix: each is one write to the end of the file.</summary>
    public void Tell(string load, string what)
    {
        using var file = new FileStream(Path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        file.Write(System.Text.Encoding.UTF8.GetBytes($"{load}: process {Environment.ProcessId}: {what.ReplaceLineEndings(" | ")}\n"));
    }

    /// <summary>All lines so far.</summary>
    public string[] Read() => File.Exists(Path) ? File.ReadAllLines(Path) : [];
}
