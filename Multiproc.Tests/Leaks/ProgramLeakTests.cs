using System.Diagnostics;
using Multiproc.Processes.Linux;
using Multiproc.TestKit;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Leaks;

/// <summary>No process, socket or file of a program stays behind.</summary>
public sealed class ProgramLeakTests : IDisposable
{
    private const string Sample = "samples/WordCount";
    private const string MarkName = "MULTIPROC_LEAK_TEST";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("leaks-");
    private readonly string _mark = Guid.NewGuid().ToString();

    private Dictionary<string, string> Environment => new() { [MarkName] = _mark, ["XDG_RUNTIME_DIR"] = _folder.FullName };

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Program_EndedNormally_LeavesNothing()
    {
        using var program = ProgramRun.Start(Sample, Environment, "--on-death", "Skip", "--repeat", "1", "--workers", "2");
        var output = program.StandardOutput.ReadToEndAsync();
        program.WaitForExit(InChild.Bound).ShouldBeTrue("the program ends");
        output.Result.ShouldContain("MB/s");
        MarkedProcesses().ShouldBeEmpty();
        Files().ShouldBeEmpty();
    }

    [Fact]
    public void Program_Killed_LeavesNoProcessAndItsFilesAreSweptByTheNext()
    {
        using var program = ProgramRun.Start(Sample, Environment, "--on-death", "Skip", "--repeat", "1", "--workers", "2");
        Await.Until("the program has its manager and two workers", () => MarkedProcesses().Count() >= 4 || program.HasExited);
        program.Kill();
        program.WaitForExit(InChild.Bound).ShouldBeTrue("a killed program is gone");
        Await.Until("its children are gone too", () => !MarkedProcesses().Any(), Promptly.Within(1));
        using var next = ProgramRun.Start(Sample, Environment, "--repeat", "1", "--workers", "1");
        next.StandardOutput.ReadToEnd().ShouldContain("MB/s");
        next.WaitForExit(InChild.Bound).ShouldBeTrue("the next program ends");
        Files().ShouldBeEmpty();
    }

    [Fact]
    public void KilledProcess_LeavesNoFilesOfItsRuntime()
    {
        using var started = Mp.Event();
        using var doomed = InChild.Start(() =>
        {
            started.Set();
            Thread.CurrentThread.Join();
        });
        started.Wait(InChild.Bound).ShouldBeTrue("the child runs");
        string mark = RuntimeLeftovers.Key(doomed.Pid!.Value)!; // Not the pid alone: another process may have had it, and have left files.
        Directory.GetFiles(Path.GetTempPath()).Where(file =>
            file.Contains(mark, StringComparison.Ordinal)).ShouldNotBeEmpty("the runtime has files for its diagnostics");
        doomed.KillAndJoin();
        Directory.GetFiles(Path.GetTempPath()).Where(file => file.Contains(mark, StringComparison.Ordinal)).ShouldBeEmpty();
    }

    private string[] Files() => Directory.GetFiles(_folder.FullName, "*", SearchOption.AllDirectories);

    /// <summary>Every process that has the mark of this test in its environment: the program and all that it started.</summary>
    private IEnumerable<int> MarkedProcesses() => Process.GetProcesses().Select(process => process.Id).Where(IsMarked);

    private bool IsMarked(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/environ").Contains(_mark, StringComparison.Ordinal);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
