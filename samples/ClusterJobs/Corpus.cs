using System.Runtime.InteropServices;

namespace ClusterJobs;

/// <summary>Finds the files.</summary>
internal static class Corpus
{
    private static readonly EnumerationOptions s_everywhere = new() { RecurseSubdirectories = true, IgnoreInaccessible = true };

    public static string[] Find(DirectoryInfo? folder)
    {
        var files = folder is null ? ReferenceDocumentation() : folder.Exists ? Directory.EnumerateFiles(folder.FullName, "*", s_everywhere) : [];
        return [.. files.Order(StringComparer.Ordinal)];
    }

    private static IEnumerable<string> ReferenceDocumentation()
    {
        // The runtime is in ROOT/shared/NAME/VERSION/, the documentation in ROOT/packs/.
        string root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        return Directory.EnumerateFiles(root, "*.xml", s_everywhere);
    }
}
