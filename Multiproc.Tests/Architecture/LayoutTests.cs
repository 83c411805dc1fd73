using Multiproc.States;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Architecture;

/// <summary>Dependencies between the folders point one way, and states are pure.</summary>
public sealed class LayoutTests
{
    /// <summary>From the leaves to the door. A folder may use those that stand in its row, nothing else.</summary>
    private static readonly Dictionary<string, string[]> s_mayUse = new()
    {
        ["Exceptions"] = [],
        ["SharedMemory"] = ["Exceptions"],
        ["Serialization"] = ["Exceptions", "SharedMemory"],
        ["Configuration"] = ["Serialization", "SharedMemory"],
        ["States"] = ["Configuration", "Exceptions", "Serialization", "SharedMemory"],
        ["Transport"] = ["Configuration", "Exceptions", "Serialization", "SharedMemory"],
        ["Nodes"] = ["Configuration", "Exceptions", "Serialization", "SharedMemory", "States", "Transport"],
        ["Peers"] = ["Configuration", "Exceptions", "Nodes", "Serialization", "SharedMemory", "States", "Transport"],
        ["Objects"] = ["Configuration", "Exceptions", "Nodes", "Peers", "Serialization", "SharedMemory", "States", "Transport"],
        ["Processes"] = ["Configuration", "Exceptions", "Nodes", "Objects", "Peers", "Serialization", "SharedMemory", "States", "Transport"],
        ["Actors"] = ["Configuration", "Exceptions", "Nodes", "Objects", "Peers", "Processes", "Serialization", "SharedMemory", "States", "Transport"],
        ["Connections"] = ["Configuration", "Exceptions", "Nodes", "Objects", "Peers", "Processes", "Serialization", "SharedMemory", "States", "Transport"],
        ["Managers"] =
        [
            "Actors", "Configuration", "Exceptions", "Nodes", "Objects", "Peers", "Processes", "Serialization", "SharedMemory", "States", "Transport",
        ],
        ["Pool"] =
        [
            "Actors", "Configuration", "Exceptions", "Managers", "Nodes", "Objects", "Peers", "Processes", "Serialization", "SharedMemory", "States",
            "Transport",
        ],
        ["Python"] =
        [
            "Actors", "Configuration", "Connections", "Exceptions", "Managers", "Nodes", "Objects", "Peers", "Pool", "Processes", "Serialization",
            "SharedMemory", "States", "Transport",
        ],
        ["Context"] =
        [
            "Actors", "Configuration", "Connections", "Exceptions", "Managers", "Nodes", "Objects", "Peers", "Pool", "Processes", "Python", "Serialization",
            "SharedMemory", "States", "Transport",
        ],
    };

    /// <summary>A folder's list alone should tell what it does.</summary>
    private const int MostFiles = 20;

    /// <summary>States that are no shared objects.</summary>
    private static readonly string[] s_otherStates = ["PoolState", "ReferenceState"];

    /// <summary>What would make a state answer differently on another day or another machine.</summary>
    private static readonly string[] s_impure =
    [
        "System.Threading.Tasks.", "System.DateTime", "System.Diagnostics.Stopwatch", "System.TimeProvider", "System.Random", "System.Guid",
        "System.Environment", "System.Threading.Thread", "System.Threading.Timer", "System.Threading.Lock", "System.IO.",
    ];

    [Fact]
    public void Folders_UseOnlyThoseBelowThem()
    {
        var wrong = SourceGraph.Uses
            .Where(use => use.To is not null)
            .Select(use => (From: SourceGraph.FolderOf(use.From), To: SourceGraph.FolderOf(use.To!), Use: use))
            .Where(use => use.From != use.To && use.From.Length > 0 && !s_mayUse[use.From].Contains(use.To))
            .Select(use => $"{use.Use.From}:{use.Use.Line} uses {use.Use.Type} of {use.To}")
            .Distinct();
        wrong.ShouldBeEmpty();
    }

    [Fact]
    public void Folders_AllHaveARow() =>
        SourceGraph.Uses.Select(use => SourceGraph.FolderOf(use.From)).Where(folder => folder.Length > 0).Distinct().Order().ShouldBe(s_mayUse.Keys.Order());

    [Fact]
    public void States_KnowOnlyCommandsEffectsAndValues()
    {
        var files = typeof(Mp).Assembly.GetTypes().Where(static type =>
            type.IsClass && typeof(IObjectState).IsAssignableFrom(type)).Select(static type => type.Name)
            .Concat(s_otherStates).ToHashSet(StringComparer.Ordinal);
        files.Count.ShouldBeGreaterThanOrEqualTo(12);
        var states = SourceGraph.Uses.Where(use => files.Contains(Path.GetFileName(use.From).Split('.')[0])).ToList();
        files.Except(states.Select(static use => Path.GetFileName(use.From).Split('.')[0])).ShouldBeEmpty("a state stands in a file of its name");
        var wrong = states
            .Where(use => use.To is null
                ? s_impure.Any(impure => use.Type.StartsWith(impure, StringComparison.Ordinal))
                : SourceGraph.FolderOf(use.To) is "Transport" or "Actors" or "Processes" or "Peers")
            .Select(use => $"{use.From}:{use.Line} uses {use.Type}");
        wrong.ShouldBeEmpty();
    }

    [Fact]
    public void Akka_IsNamedByActorsOnly() =>
        SourceGraph.Uses
            .Where(static use => use.To is null && use.Type.StartsWith("Akka.", StringComparison.Ordinal))
            .Where(static use => use.Type != "Akka.Actor.ActorBase") // What a lambda that makes one of our actors returns.
            .Where(static use => SourceGraph.FolderOf(use.From) != "Actors"
                && !use.From.EndsWith("Actor.cs", StringComparison.Ordinal) && !use.From.EndsWith(".ActorSystem.cs", StringComparison.Ordinal))
            .Select(static use => $"{use.From}:{use.Line} uses {use.Type}")
            .ShouldBeEmpty();

    [Fact]
    public void Folders_CanBeRead() =>
        Repository.Sources("Multiproc.Actors").GroupBy(static file => Path.GetDirectoryName(file)!).Where(static folder => folder.Count() > MostFiles)
            .Select(static folder => $"{folder.Key} has {folder.Count()} files").ShouldBeEmpty();
}
