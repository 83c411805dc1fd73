using Multiproc.Tests.Support;

namespace Multiproc.Tests.Architecture;

/// <summary>What no analyzer that is referenced here holds: lines fit on a screen.</summary>
public sealed class LineTests
{
    private const int MostColumns = 160;

    private static readonly string[] s_folders =
    [
        "Multiproc.Actors", "Multiproc.Analyzers", "Multiproc.Cluster", "Multiproc.Cluster.Host", "Multiproc.Cluster.Tests", "Multiproc.Dashboard",
        "Multiproc.Dashboard.Host", "Multiproc.Dashboard.Tests", "Multiproc.Diagnostics", "Multiproc.Host", "Multiproc.Hosting", "Multiproc.Interleavings",
        "Multiproc.ProgressBar", "Multiproc.TestKit", "Multiproc.Tests", "Multiproc.Torture", "benchmarks", "samples",
    ];

    [Fact]
    public void Lines_HaveAtMost160Columns()
    {
        var files = s_folders.SelectMany(static folder => Repository.Sources(folder))
            .Where(static file => !file.Contains("/obj/", StringComparison.Ordinal)).ToList();
        files.Count.ShouldBeGreaterThan(500);
        files.SelectMany(static file => File.ReadLines(file)
                .Select((line, index) => (Place: $"{file}:{index + 1}", line.Length))
                .Where(static line => line.Length > MostColumns))
            .Select(static line => $"{line.Place} has {line.Length} columns")
            .ShouldBeEmpty();
    }
}
