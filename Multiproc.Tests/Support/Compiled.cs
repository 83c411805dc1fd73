using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Multiproc.Tests.Support;

/// <summary>What the compiler says of lines that a user could write.</summary>
internal static class Compiled
{
    private static readonly Lazy<MetadataReference[]> s_references = new(static () =>
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(static path => (MetadataReference)MetadataReference.CreateFromFile(path))]);

    /// <summary>The errors of a statement; <c>manager</c>, <c>gate</c> and <c>end</c> are there to be used.</summary>
    public static string[] ErrorsOf(string statement)
    {
        string code = $$"""
            using System;
            using System.Collections.Generic;
            using Multiproc;
            static class Program { static void Run(SyncManager manager, SharedLock gate, Connection end) { {{statement}} } }
            """;
        var compilation = CSharpCompilation.Create(
            "lines", [CSharpSyntaxTree.ParseText(code, new CSharpParseOptions(LanguageVersion.Latest))], s_references.Value,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        return [.. compilation.GetDiagnostics().Where(static each => each.Severity == DiagnosticSeverity.Error).Select(static each => each.ToString())];
    }
}
