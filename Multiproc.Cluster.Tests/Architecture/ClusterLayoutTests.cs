using Multiproc.Tests.Architecture;
using Multiproc.Tests.Support;

namespace Multiproc.Cluster.Tests.Architecture;

/// <summary>The public names of the package, and what its parts may know.</summary>
public sealed class ClusterLayoutTests
{
    private const string Project = "Multiproc.Cluster";
    private const int MostFiles = 20;

    [Fact]
    public void PublicApi_IsAsApproved() => PublicNames.AreApproved(typeof(ClusterContext).Assembly, Repository.Path(Project, "PublicAPI.txt"));

    [Fact]
    public void PublicTypes_LiveInTheUsersNamespace() =>
        typeof(ClusterContext).Assembly.GetExportedTypes().Where(type => type.Namespace != "Multiproc" && !type.Name.StartsWith('<')).ShouldBeEmpty();

    /// <summary>The core is what the simulation runs: it knows no actor, no clock and no task.</summary>
    [Fact]
    public void Core_KnowsNoAkka() => Sources()
        .Where(static file => !file.EndsWith("Actor.cs", StringComparison.Ordinal))
        .Where(static file => file.Contains("/Sessions/", StringComparison.Ordinal) || file.Contains("/Journal/", StringComparison.Ordinal)
            || (file.Contains("/Entities/", StringComparison.Ordinal) && Path.GetFileName(file) != "JournalReader.cs")
            || Path.GetFileName(file) is "GatewayCore.cs" or "GatewayEffects.cs" or "NodeLease.cs" or "LeaseEnds.cs")
        .Where(static file => File.ReadAllText(file)
            is var text && new[] { "using Akka", "TimeProvider", "Task<", "Stopwatch", "DateTime" }.Any(word => text.Contains(word, StringComparison.Ordinal)))
        .ShouldBeEmpty();

    /// <summary>Sessions and records know nothing of those who use them; entities and gateways nothing of each other.</summary>
    [Fact]
    public void Folders_UseOnlyThoseBelowThem()
    {
        Uses("Sessions", "Entities", "Gateways", "Lines", "Nodes", "Journal").ShouldBeEmpty();
        Uses("Journal", "Entities", "Gateways", "Nodes").ShouldBeEmpty();
        Uses("Entities", "Gateways", "Lines").ShouldBeEmpty();
        Uses("Gateways", "Entities", "Lines", "Nodes", "Journal").ShouldBeEmpty();
        Uses("Lines", "Entities", "Journal", "Operating", "Pools").ShouldBeEmpty();
        Uses("Admission", "Sessions", "Entities", "Gateways", "Nodes", "Journal", "Operating").ShouldBeEmpty();
        Uses("Operating", "Entities", "Gateways", "Journal").ShouldBeEmpty();
    }

    [Fact]
    public void Folders_CanBeRead() =>
        Sources().GroupBy(static file => Path.GetDirectoryName(file)).Where(static folder => folder.Count() > MostFiles).ShouldBeEmpty();

    private static IEnumerable<string> Uses(string folder, params string[] others) => Sources()
        .Where(file => file.Contains($"/{folder}/", StringComparison.Ordinal))
        .Where(file => File.ReadAllText(file) is var text && others.Any(other => text.Contains($"using Multiproc.Cluster.{other}", StringComparison.Ordinal)));

    private static IEnumerable<string> Sources() => Repository.Sources(Project);
}
