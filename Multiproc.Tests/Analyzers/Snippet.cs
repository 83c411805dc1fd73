using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Multiproc.Analyzers;

namespace Multiproc.Tests.Analyzers;

/// <summary>Statements of an asynchronous method, compiled against the library itself and looked at by all of its analyzers.</summary>
internal static class Snippet
{
    private const string Before = """
        using System;
        using System.Collections.Generic;
        using System.Diagnostics;
        using System.IO;
        using System.Linq;
        using System.Net.Http;
        using System.Text;
        using System.Threading;
        using System.Threading.Tasks;
        using Multiproc;

        public sealed class Person { public string Name { get; set; } = ""; public List<string> Tags { get; } = []; }
        public sealed class Job { public int Id { get; set; } public FileStream? File { get; set; } }
        public sealed class Quiet { public int Id { get; set; } [field: NonSerialized] public FileStream? File { get; set; } }

        public class Snippet
        {
            private static int s_count;
            private static readonly List<int> s_list = [];
            [ThreadStatic] private static int t_count;
            private static int Property { get; set; }
            private readonly Thread _thread = new(static () => { });
            private int _number;
            private static void Count() { s_count++; }
            private static void CountNothing() { int x = 0; x++; }
            private static async void Forget() { await Task.Yield(); }
            private void Instance() { }

            public async Task Run(
                ProcessPool pool, PoolProxy proxies, SharedQueue<int> queue, DictionaryProxy<string, List<int>> lists, DictionaryProxy<string, int> counts,
                DictionaryProxy<string, Person> people, ListProxy<Person> list, ListProxy<int> numbers, ValueProxy<int> proxy, ValueProxy<List<int>> box,
                NamespaceProxy names, SharedValue<int> value, SharedValue<double> real, SharedArray<int> array, SharedLock gate, SharedRLock rgate,
                SharedSemaphore semaphore, SharedCondition condition, SyncManager manager, CancellationToken token)
            {
                await Task.Yield();
        """;

    private static readonly MetadataReference[] s_references = [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
        .Select(static path => MetadataReference.CreateFromFile(path))];

    private static readonly ImmutableArray<DiagnosticAnalyzer> s_analyzers =
    [
        .. typeof(ChangedCopyAnalyzer).Assembly.GetTypes().Where(static type => type.IsSubclassOf(typeof(DiagnosticAnalyzer)))
            .Select(static type => (DiagnosticAnalyzer)Activator.CreateInstance(type)!),
    ];

    public static IReadOnlyList<DiagnosticAnalyzer> All => s_analyzers;

    /// <summary>What the analyzers say of statements: the text that each diagnostic marks, in its order.</summary>
    /// <param name="statements">The statements.</param>
    public static async Task<IReadOnlyList<(string Id, string Text, Diagnostic Found)>> Diagnose(string statements)
    {
        string text = Text(statements);
        var tree = CSharpSyntaxTree.ParseText(text, new CSharpParseOptions(LanguageVersion.CSharp14));
        var compilation = CSharpCompilation.Create("snippet", [tree], s_references, Options);
        compilation.GetDiagnostics().Where(static found => found.Severity == DiagnosticSeverity.Error).ShouldBeEmpty(statements);
        var found = await compilation.WithAnalyzers(s_analyzers).GetAnalyzerDiagnosticsAsync();
        return [.. found.OrderBy(static each => each.Location.SourceSpan.Start).Select(each => (each.Id, text[SpanOf(each)], each))];

        static Range SpanOf(Diagnostic each) => each.Location.SourceSpan.Start..each.Location.SourceSpan.End;
    }

    /// <summary>The statements after the one fix that is offered for their first diagnostic; null if none is.</summary>
    public static async Task<string?> Fix(string statements, CodeFixProvider fix)
    {
        using var workspace = new AdhocWorkspace();
        var project = workspace.AddProject(ProjectInfo.Create(
            ProjectId.CreateNewId(), VersionStamp.Default, "snippet", "snippet", LanguageNames.CSharp, compilationOptions: Options,
            parseOptions: new CSharpParseOptions(LanguageVersion.CSharp14), metadataReferences: s_references));
        var document = workspace.AddDocument(project.Id, "Snippet.cs", Microsoft.CodeAnalysis.Text.SourceText.From(Text(statements), Encoding.UTF8));
        var compilation = (await document.Project.GetCompilationAsync()).ShouldNotBeNull();
        var found = (await compilation.WithAnalyzers(s_analyzers).GetAnalyzerDiagnosticsAsync())
            .First(each => fix.FixableDiagnosticIds.Contains(each.Id));
        var actions = new List<CodeAction>();
        await fix.RegisterCodeFixesAsync(new CodeFixContext(document, found, (action, _) => actions.Add(action), CancellationToken.None));
        if (actions.Count == 0)
        {
            return null;
        }

        var operation = (await actions.ShouldHaveSingleItem().GetOperationsAsync(CancellationToken.None)).OfType<ApplyChangesOperation>().Single();
        var changed = operation.ChangedSolution.GetDocument(document.Id).ShouldNotBeNull();
        (await changed.Project.GetCompilationAsync())!.GetDiagnostics()
            .Where(static each => each.Severity == DiagnosticSeverity.Error).ShouldBeEmpty("what was fixed compiles");
        string text = (await changed.GetTextAsync()).ToString();
        return text[(Before.Length + 1)..^"\n} }".Length].Trim();
    }

    private static CSharpCompilationOptions Options { get; } =
        new(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable);

    private static string Text(string statements) => $"{Before}\n{statements}\n}} }}";
}
