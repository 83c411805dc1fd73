using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Architecture;

/// <summary>Which type of the library uses which: the compiler's own answer, over the source.</summary>
internal static class SourceGraph
{
    private const string Project = "Multiproc.Actors";

    /// <summary>The other half of a [LibraryImport] is made by a generator that does not run here: it is missing, and what it assigns too.</summary>
    private static readonly string[] s_generatedElsewhere = ["CS8795", "CS0165"];

    private static readonly Lazy<IReadOnlyList<Use>> s_uses = new(() => [.. Read()]);

    public static IReadOnlyList<Use> Uses => s_uses.Value;

    /// <summary>The first folder of a source file; "" for the files at the root.</summary>
    public static string FolderOf(string file) => file.Contains('/', StringComparison.Ordinal) ? file[..file.IndexOf('/', StringComparison.Ordinal)] : "";

    private static IEnumerable<Use> Read()
    {
        // The build's global usings stand in a generated file beside the source.
        string[] generated = Directory.GetFiles(Repository.Path(Project, "obj"), "*.GlobalUsings.g.cs", SearchOption.AllDirectories);
        var trees = Repository.Sources(Project).Append(generated[0])
            .Select(file => CSharpSyntaxTree.ParseText(File.ReadAllText(file), new CSharpParseOptions(LanguageVersion.Preview), file)).ToList();
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => !Path.GetFileName(path).StartsWith("Multiproc", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path));

        // Without warnings, so that the flow of nulls is not analysed: that takes most of the time, and nobody asks for it here.
        var options = new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Annotations);
        var compilation = CSharpCompilation.Create("source", trees, references, options);
        string[] errors = [.. compilation.GetDiagnostics().Where(found =>
            found.Severity == DiagnosticSeverity.Error && !s_generatedElsewhere.Contains(found.Id)).Select(found => found.ToString())];
        errors.ShouldBeEmpty("what does not compile here has uses that are not seen");
        foreach (var tree in trees)
        {
            var model = compilation.GetSemanticModel(tree);
            string from = Repository.Relative(Project, tree.FilePath);
            foreach (var name in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>())
            {
                var symbol = model.GetSymbolInfo(name).Symbol;
                if ((symbol as INamedTypeSymbol ?? symbol?.ContainingType) is not { } type)
                {
                    continue;
                }

                string? to = FileOf(type.OriginalDefinition);
                yield return new Use(
                    from, to is null ? null : Repository.Relative(Project, to), type.OriginalDefinition.ToDisplayString(),
                    name.GetLocation().GetLineSpan().StartLinePosition.Line + 1);
            }
        }
    }

    /// <summary>Of a class in several files the one that has its name: the others are parts of it in the folders of what they need.</summary>
    private static string? FileOf(INamedTypeSymbol type)
    {
        var files = type.Locations.Select(static each => each.SourceTree?.FilePath).OfType<string>().ToList();
        return files.Find(file => Path.GetFileNameWithoutExtension(file) == type.Name) ?? files.FirstOrDefault();
    }

    /// <summary>One name in the source and what it means: a type of the library (then its file) or of .NET.</summary>
    internal sealed record Use(string From, string? To, string Type, int Line);
}
