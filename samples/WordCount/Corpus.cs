using System.Runtime.InteropServices;

namespace WordCount;

/// <summary>Finds the files to count.</summary>
internal static class Corpus
{
    private static readonly EnumerationOptions s_everywhere = new() { RecurseSubdirectories = true, IgnoreInaccessible = true };

    /// <summary>The reference documentation alone is counted in about a second, of which processes need a part to start.</summary>
    private const int TimesOfDocumentation = 4;

    public static IReadOnlyList<string> Find(DirectoryInfo? folder, int? times)
    {
        var files = folder is null ? ReferenceDocumentation() : folder.Exists ? Directory.EnumerateFiles(folder.FullName, "*", s_everywhere) : [];
        string[] all = [.. files.Order(StringComparer.Ordinal)];
        return [.. Enumerable.Repeat(all, times ?? (folder is null ? TimesOfDocumentation : 1)).SelectMany(static each => each)];
    }

    private static IEnumerable<string> ReferenceDocumentation()
    {
        // The runtime is in ROOT/shared/NAME/VERSION/, the documentation in ROOT/packs/.
        string root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        return Directory.EnumerateFiles(root, "*.xml", s_everywhere);
    }
}
