using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Architecture;

/// <summary>
/// Which type of the library uses which: what the compiler wrote into the assembly, with files and lines from its symbols. Constants and <c>nameof</c> leave
/// no trace there.
/// </summary>
internal static class SourceGraph
{
    private const string Project = "Multiproc.Actors";

    private static readonly Lazy<IReadOnlyList<Use>> s_uses = new(Read);

    public static IReadOnlyList<Use> Uses => s_uses.Value;

    /// <summary>The first folder of a source file; "" for the files at the root.</summary>
    public static string FolderOf(string file) => file.Contains('/', StringComparison.Ordinal) ? file[..file.IndexOf('/', StringComparison.Ordinal)] : "";

    private static IReadOnlyList<Use> Read()
    {
        string assembly = typeof(Mp).Assembly.Location;
        using var image = new PEReader(File.OpenRead(assembly));
        using var symbols = MetadataReaderProvider.FromPortablePdbStream(File.OpenRead(Path.ChangeExtension(assembly, ".pdb")));
        var sources = Repository.Sources(Project).ToDictionary(InSymbols, static file => Repository.Relative(Project, file));
        var reader = new AssemblyUses(image, symbols.GetMetadataReader(), sources);
        var uses = reader.All().ToList();
        uses.Select(static use => use.From).Distinct().Count().ShouldBeGreaterThan(sources.Count / 2, "the symbols name the files of this checkout");
        return uses;
    }

    /// <summary>The name of a source file in the symbols: releases are built without paths of the machine.</summary>
    private static string InSymbols(string file) =>
        AppContext.BaseDirectory.Contains("/Debug/", StringComparison.Ordinal) ? file : $"/_/{Project}/{Repository.Relative(Project, file)}";

    /// <summary>One use of a type: in a file of the library, of one of its types (then its file) or of .NET. Line 0 is the declaration of a type.</summary>
    internal sealed record Use(string From, string? To, string Type, int Line);
}
