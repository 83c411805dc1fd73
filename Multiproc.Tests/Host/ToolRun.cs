using Multiproc.Tests.Support;

namespace Multiproc.Tests.Host;

/// <summary>The tool multiproc-host, run as a user would.</summary>
internal static class ToolRun
{
    public static ProgramRun Of(params string[] arguments) => ProgramRun.Of("Multiproc.Cluster.Host", arguments);

    /// <summary>Runs it and returns what it printed.</summary>
    public static string OutputOf(params string[] arguments)
    {
        var run = Of(arguments);
        run.ExitCode.ShouldBe(0, run.Errors);
        return run.Output;
    }
}
