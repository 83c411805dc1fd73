using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Architecture;

/// <summary>A piece of C# in a document.</summary>
/// <param name="Page">The document, relative to the repository.</param>
/// <param name="Number">The how-manieth piece of it this is, from 1.</param>
/// <param name="Given">
/// What the text around it speaks of, from a comment before it that readers do not see: <c>using</c> directives, variables with their types, and types.
/// </param>
/// <param name="Code">Its text.</param>
internal sealed partial record DocumentBlock(string Page, int Number, string Given, string Code)
{
    /// <summary>What a new console program has by itself.</summary>
    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using Multiproc;
        """;

    private static readonly CSharpParseOptions s_parse = new(LanguageVersion.CSharp14);

    private static readonly SyntaxTree s_usings = CSharpSyntaxTree.ParseText(ImplicitUsings, s_parse);

    private static readonly MetadataReference[] s_references = [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
        .Select(static path => MetadataReference.CreateFromFile(path))];

    /// <summary>The pieces of a document, in their order.</summary>
    /// <param name="page">The document, relative to the repository.</param>
    public static IEnumerable<DocumentBlock> Of(string page) => Block().Matches(File.ReadAllText(Repository.Path(page)))
        .Select((match, index) => new DocumentBlock(page, index + 1, match.Groups["given"].Value, match.Groups["code"].Value));

    /// <summary>What the compiler has against it, as a program of its own: top-level statements or types.</summary>
    public IReadOnlyList<string> Errors()
    {
        var tree = CSharpSyntaxTree.ParseText(Whole(), s_parse);
        bool isProgram = tree.GetCompilationUnitRoot().Members.Any(static member => member is GlobalStatementSyntax
            || member.DescendantNodes().OfType<MethodDeclarationSyntax>().Any(static method => method.Identifier.Text == "Main"));
        var compilation = CSharpCompilation.Create("block", [s_usings, tree], s_references, new CSharpCompilationOptions(
            isProgram ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable,
            allowUnsafe: true));
        return [.. compilation.GetDiagnostics().Where(static found => found.Severity == DiagnosticSeverity.Error)
            .Select(found => $"{Page}, piece {Number}, line {found.Location.GetLineSpan().StartLinePosition.Line + 1}: {found.GetMessage()}")];
    }

    /// <summary>The code with what is given. Numbers of lines stay those of the document.</summary>
    private string Whole()
    {
        var given = Given.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .ToLookup(static each => each.Split(' ')[0] switch { "using" => 0, "class" or "record" or "interface" => 2, _ => 1 });
        int place = CSharpSyntaxTree.ParseText(Code, s_parse).GetCompilationUnitRoot().Usings.LastOrDefault()?.FullSpan.End ?? 0;
        string usings = string.Concat(given[0].Select(static each => $"{each}; "));
        string variables = string.Concat(given[1].Select(static each => $"{each} = default!; "));
        string types = string.Concat(given[2].Select(static each => each.EndsWith(')') ? $"{each}; " : $"{each} {{ }} "));
        return usings + Code[..place] + variables + Code[place..] + types;
    }

    [GeneratedRegex(
        @"^(<!-- given: (?<given>[^\n]*) -->\n)?```csharp\n(?<code>.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Block();
}
