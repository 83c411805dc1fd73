using System.Reflection;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Host;

/// <summary>What the tool needs is the tool's alone: neither the library nor a child knows it.</summary>
public sealed class ToolDependencyTests
{
    private static readonly string[] s_ofTool =
    [
        "Spectre.Console", "Microsoft.Diagnostics.NETCore.Client", "Microsoft.Diagnostics.Tracing.TraceEvent", "Multiproc.Diagnostics",
    ];

    [Theory]
    [InlineData("Multiproc.Actors")]
    [InlineData("Multiproc.Host")]
    public void Library_AndHost_ReferenceNothingOfIt(string assembly) =>
        Assembly.Load(assembly).GetReferencedAssemblies().Select(static each => each.Name).ShouldNotContain(static name => IsOfTool(name));

    [Fact]
    public void Child_LoadsNothingOfIt()
    {
        using var names = Mp.Queue<string>();
        InChild.Run(() => names.PutMany([.. AppDomain.CurrentDomain.GetAssemblies().Select(static each => each.GetName().Name ?? "")]));
        var loaded = names.GetMany(1000);
        loaded.ShouldContain("Multiproc.Actors");
        loaded.ShouldNotContain(static name => IsOfTool(name));
        loaded.ShouldNotContain("System.CommandLine");
    }

    private static bool IsOfTool(string? name) => s_ofTool.Contains(name, StringComparer.Ordinal);
}
