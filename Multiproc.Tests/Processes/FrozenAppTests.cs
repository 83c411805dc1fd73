using Multiproc.Tests.Support;

namespace Multiproc.Tests.Processes;

/// <summary>A program that is published as one file. Numbers are those of the conformance list.</summary>
public sealed class FrozenAppTests
{
    private const string Source = """
        using Multiproc;
        if (Environment.GetEnvironmentVariable("FORGET") is null) Mp.FreezeSupport(args);
        Console.WriteLine("Main");
        using var queue = Mp.Queue<string>();
        using var process = Mp.Process(static queue => queue.Put($"hello from {Mp.CurrentProcess.Name}"), queue);
        process.Start();
        process.Join();
        Console.WriteLine(queue.Get());
        """;

    [Fact]
    public void SingleFile_WithFreezeSupport_IsItsOwnHost_WithoutItSaysWhatToAdd()
    {
        // CTX-15, CTX-19
        using var example = new ExampleProgram(
            Source, "<RuntimeIdentifier>linux-x64</RuntimeIdentifier><PublishSingleFile>true</PublishSingleFile><SelfContained>false</SelfContained>");
        var published = example.Dotnet("publish", "-c", "Release", "-o", "out");
        published.ExitCode.ShouldBe(0, published.Output + published.Errors);
        string program = Path.Combine(example.Folder, "out", "Example");

        var run = example.Run(program, null);
        run.ExitCode.ShouldBe(0, run.Errors);
        run.Output.ShouldBe("Main\nhello from Process-1\n");

        var forgotten = example.Run(program, new Dictionary<string, string> { ["FORGET"] = "1" });
        forgotten.ExitCode.ShouldNotBe(0);
        forgotten.Errors.ShouldContain("the first line of Main must be: Mp.FreezeSupport(args);");
        forgotten.Output.Split('\n').Count(line => line == "Main").ShouldBe(2, "the child starts no child of its own");
    }
}
