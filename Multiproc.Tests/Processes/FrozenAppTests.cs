using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Multiproc.Processes;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Processes;

/// <summary>Programs that are published as one file, or with their own runtime. Numbers are those of the conformance list.</summary>
public sealed class FrozenAppTests
{
    private const string Source = """
        using Multiproc;
        if (Environment.GetEnvironmentVariable("FREEZE") is not null) Mp.FreezeSupport(args);
        Console.WriteLine($"Main of {args.Length} arguments");
        using var queue = Mp.Queue<string>();
        using var process = Mp.Process(static queue =>
            queue.Put($"hello from {Mp.CurrentProcess.Name}, hooks: {Environment.GetEnvironmentVariable("DOTNET_STARTUP_HOOKS") ?? "none"}"), queue);
        process.Start();
        process.Join();
        Console.WriteLine(queue.Get());
        """;

    private const string SingleFile =
        "<RuntimeIdentifier>linux-x64</RuntimeIdentifier><PublishSingleFile>true</PublishSingleFile><SelfContained>false</SelfContained>";

    [Fact]
    public void SingleFile_IsItsOwnHost_AndMainDoesNotBeginInChildren()
    {
        using var example = new ExampleProgram(Source, SingleFile);
        string program = Published(example);
        var run = example.Run(program, null);
        run.ExitCode.ShouldBe(0, run.Errors);
        run.Output.ShouldBe("Main of 0 arguments\nhello from Process-1, hooks: none\n");

        // The hooks of the user run in the program and in its children, before ours, and stay in their environment.
        string hook = Hook(example.Folder);
        var hooked = example.Run(program, new Dictionary<string, string> { ["DOTNET_STARTUP_HOOKS"] = hook });
        hooked.ExitCode.ShouldBe(0, hooked.Errors);
        hooked.Output.ShouldBe($"user's hook\nMain of 0 arguments\nuser's hook\nhello from Process-1, hooks: {hook}\n");
    }

    [Fact]
    public void SingleFile_WithoutHooks_NeedsFreezeSupport_AndSaysSo()
    {
        // CTX-15, CTX-19
        using var example = new ExampleProgram(Source, $"{SingleFile}<StartupHookSupport>false</StartupHookSupport>");
        string program = Published(example);
        var run = example.Run(program, new Dictionary<string, string> { ["FREEZE"] = "1" });
        run.ExitCode.ShouldBe(0, run.Errors);
        run.Output.ShouldBe("Main of 0 arguments\nhello from Process-1, hooks: none\n");

        var forgotten = example.Run(program, null);
        forgotten.ExitCode.ShouldNotBe(0);
        forgotten.Errors.ShouldContain("the first line of Main must be: Mp.FreezeSupport(args);");
        forgotten.Output.Split('\n').Count(line => line.StartsWith("Main", StringComparison.Ordinal)).ShouldBe(2, "the child starts no child of its own");
    }

    [Fact]
    public void SelfContained_IsItsOwnHost()
    {
        using var example = new ExampleProgram(Source, "<RuntimeIdentifier>linux-x64</RuntimeIdentifier><SelfContained>true</SelfContained>");
        string program = Published(example);

        // No dotnet is found: what runs is what was published.
        var run = example.Run(program, new Dictionary<string, string> { ["PATH"] = "/nowhere", ["DOTNET_ROOT"] = "/nowhere" });
        run.ExitCode.ShouldBe(0, run.Errors);
        run.Output.ShouldBe("Main of 0 arguments\nhello from Process-1, hooks: none\n");
    }

    [Theory]
    [InlineData(null, "Multiproc.Host", null)]
    [InlineData("", "Multiproc.Host", null)]
    [InlineData("/opt/profiler.dll", "/opt/profiler.dll:Multiproc.Host", "/opt/profiler.dll")]
    [InlineData("/opt/a.dll:b", "/opt/a.dll:b:Multiproc.Host", "/opt/a.dll:b")]
    public void Hooks_OfTheUser_ComeBeforeOurs_AndStay(string? users, string child, string? inTheChild)
    {
        StartupHooks.With(users).ShouldBe(child);
        StartupHooks.Without(child).ShouldBe(inTheChild);
        StartupHooks.Without(inTheChild).ShouldBe(inTheChild);
    }

    private static string Published(ExampleProgram example)
    {
        var published = example.Dotnet("publish", "-c", "Release", "-o", "out");
        published.ExitCode.ShouldBe(0, published.Output + published.Errors);
        return Path.Combine(example.Folder, "out", "Example");
    }

    /// <summary>Compiles a hook as a user would have one, of a profiler for example.</summary>
    private static string Hook(string folder)
    {
        string path = Path.Combine(folder, "UsersHook.dll");
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(static path => Path.GetFileName(path) is "System.Runtime.dll" or "System.Private.CoreLib.dll" or "System.Console.dll")
            .Select(static path => MetadataReference.CreateFromFile(path));
        var made = CSharpCompilation.Create(
            "UsersHook",
            [CSharpSyntaxTree.ParseText("static class StartupHook { public static void Initialize() => System.Console.WriteLine(\"user's hook\"); }")],
            references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary)).Emit(path);
        made.Success.ShouldBeTrue(string.Join('\n', made.Diagnostics));
        return path;
    }
}
