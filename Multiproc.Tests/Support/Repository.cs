namespace Multiproc.Tests.Support;

/// <summary>The checkout that these tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static string Path(params string[] parts) => System.IO.Path.Combine([Root, .. parts]);

    /// <summary>The source files of a project, without what the build made.</summary>
    public static IEnumerable<string> Sources(string project) => Directory
        .EnumerateFiles(Path(project), "*.cs", SearchOption.AllDirectories)
        .Where(file =>
            !Relative(project, file).StartsWith("obj/", StringComparison.Ordinal) && !Relative(project, file).StartsWith("bin/", StringComparison.Ordinal));

    public static string Relative(string project, string file) => System.IO.Path.GetRelativePath(Path(project), file).Replace('\\', '/');

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Multiproc.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No Multiproc.sln above {AppContext.BaseDirectory}: these tests look at the source and run from its folder.");
    }
}
