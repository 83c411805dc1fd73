using System.Diagnostics;
using Multiproc.Processes.Linux;
using Multiproc.TestKit;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Leaks;

/// <summary>After all other tests, and by itself: what counts descriptors and processes must be alone.</summary>
[CollectionDefinition(nameof(LeakTests), DisableParallelization = true)]
public sealed class LeakCollection;

/// <summary>No process, socket, file or descriptor stays behind.</summary>
[Collection(nameof(LeakTests))]
public sealed class LeakTests : IDisposable
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
    public void Descriptors_AfterManyProcessesPoolsAndManagers_AreAsManyAsBefore()
    {
        UseEverything(); // What is opened once per program is open from here on.
        int before = Descriptors();
        for (int i = 0; i < 10; i++)
        {
            UseEverything();
        }

        Await.Until($"as many descriptors are open as before ({before})", () => Descriptors() <= before);
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

    [Fact]
    public void ThisTestHost_HasNoChildLeft()
    {
        // Warm process hosts are the only children that live as long as the program.
        Mp.Configure(Mp.Options with { WarmHosts = new WarmHostOptions { Count = 0 } });
        try
        {
            Await.Until(
                "no child of the test host runs",
                static () => Mp.ActiveChildren().Count == 0 && !ChildrenOf(System.Environment.ProcessId).Any(),
                Promptly.Within(5));
        }
        catch (TimeoutException) when (Mp.ActiveChildren() is { Count: > 0 } forgotten)
        {
            Assert.Fail(string.Join('\n', forgotten.Select(static child => $"{child} was left, {RunningTestsAttribute.OriginOf(child)}")));
        }
    }

    private static void UseEverything()
    {
        using var manager = Mp.Manager();
        using var pool = Mp.Pool(2);
        var dictionary = manager.Dictionary<int, int>();
        using var queue = Mp.Queue<int>();
        using var gate = Mp.Lock();
        pool.Map(
            n =>
            {
                using var _ = gate.Hold();
                dictionary[n] = n;
                queue.Put(n);
                return n;
            },
            Enumerable.Range(0, 8)).Sum().ShouldBe(28);
        queue.QSize().ShouldBe(8);
        dictionary.Count.ShouldBe(8);
        using var doomed = InChild.Start(static () => Thread.CurrentThread.Join());
        doomed.KillAndJoin();
    }

    /// <summary>Without those of assemblies: the runtime opens one whenever a method first needs it.</summary>
    private static int Descriptors() => Directory.GetFileSystemEntries("/proc/self/fd").Count(static each => !IsAssembly(each));

    private static bool IsAssembly(string descriptor)
    {
        try
        {
            return File.ResolveLinkTarget(descriptor, returnFinalTarget: false)?.Name.EndsWith(".dll", StringComparison.Ordinal) == true;
        }
        catch (IOException)
        {
            return false; // Closed since the list was made.
        }
    }

    private static IEnumerable<int> ChildrenOf(int pid) => Directory.GetDirectories($"/proc/{pid}/task")
        .SelectMany(task => File.ReadAllText($"{task}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Select(child => int.Parse(child, System.Globalization.CultureInfo.InvariantCulture));

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
