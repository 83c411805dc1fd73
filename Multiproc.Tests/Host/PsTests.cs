using System.Text.Json;
using Multiproc.Host.Ps;
using Multiproc.Processes.Views;

namespace Multiproc.Tests.Host;

/// <summary><c>multiproc-host ps</c>.</summary>
public sealed class PsTests
{
    private const string Stat = "4712 (a (b) c) S 4711 4712 4712 0 -1 4194304 100 0 0 0 250 50 0 0 20 0 17 0 123456 300000000 2560 18446744073709551615 1 1 0";

    private static readonly string[] s_child = ["/usr/bin/dotnet", "exec", "--runtimeconfig", "/x/My.runtimeconfig.json", "/x/Multiproc.Host.dll", "child"];

    [Fact]
    public void Entry_OfALineOfTheKernel_HasItsNumbers()
    {
        var entry = ProcessEntry.Parse(Stat, $"{string.Join('\0', s_child)}\0", user: 1000);
        (entry.Pid, entry.Parent, entry.User, entry.Threads).ShouldBe((4712, 4711, 1000, 17));
        entry.Processor.ShouldBe(TimeSpan.FromSeconds(3));
        entry.Began.ShouldBe(TimeSpan.FromSeconds(1234.56));
        entry.Memory.ShouldBe(2560L * Environment.SystemPageSize);
        entry.Command.ShouldBe(s_child);
    }

    [Theory]
    [InlineData("")]
    [InlineData("4712 (name S 1 2")]
    [InlineData("4712 (name) S 1")]
    public void Entry_OfSomethingElse_IsRefused(string stat) => Should.Throw<FormatException>(() => ProcessEntry.Parse(stat, "", 0));

    [Fact]
    public void Programs_AreThoseWithChildren_AndHaveTheirTrees()
    {
        var table = new ProcessTable(
            [
                Entry(1, 0, 0, "/sbin/init"), Entry(10, 1, 7, "/usr/bin/dotnet", "/app/My.Program.dll", "argument"), Entry(12, 10, 7, s_child),
                Entry(11, 10, 7, s_child), Entry(13, 11, 7, s_child), Entry(14, 11, 7, "/bin/sh"), Entry(20, 1, 8, "/app/frozen"),
                Entry(21, 20, 8, "/app/frozen", "--multiproc-host", "child"), Entry(22, 99, 7, s_child),
            ],
            TimeSpan.FromHours(1));
        var mine = table.Programs(7).ShouldHaveSingleItem("the parent of 22 has ended");
        mine.Program.Name.ShouldBe("My.Program");
        mine.Children.Select(static each => (each.Process.Pid, each.Depth)).ShouldBe([(11, 1), (13, 2), (12, 1)]);
        table.Programs(null).Select(static each => each.Program.Name).ShouldBe(["My.Program", "frozen"]);
    }

    [Fact]
    public void Command_WhileAChildRuns_ListsIt_AndTellsProgramsTheSame()
    {
        using var end = Mp.Event();
        using var begun = Mp.Event();
        using var child = Mp.Process(Wait, begun, end, name: "Listed-child-12345");
        child.Start();
        begun.Wait(Support.InChild.Bound).ShouldBeTrue("the child runs");
        string text = Run();
        text.ShouldStartWith("PROGRAM");
        text.ShouldContain($" {child.Pid} ");
        text.ShouldContain("  Listed-ch~12345 ");
        using var json = JsonDocument.Parse(Run("--json"));
        var own = json.RootElement.EnumerateArray().Single(static each => each.GetProperty("process").GetProperty("pid").GetInt32() == Environment.ProcessId);
        var entry = own.GetProperty("children").EnumerateArray().Single(each => each.GetProperty("pid").GetInt32() == child.Pid);
        entry.GetProperty("name").GetString().ShouldBe("Listed-ch~12345");
        entry.GetProperty("memoryBytes").GetInt64().ShouldBeGreaterThan(1 << 20);
        entry.GetProperty("parent").GetInt32().ShouldBe(Environment.ProcessId);
        end.Set();
        child.Join();
    }

    [Fact]
    public void Objects_AreToldWithTheirHoldersAndWaiters_ByPsAndByStack()
    {
        using var gate = Mp.Lock();
        gate.Acquire().ShouldBeTrue();
        using var child = Mp.Process(static gate => gate.Acquire(), gate, name: "Patient");
        child.Start();
        string here = $@"\({Environment.ProcessId}\)";
        string waits = $"waited for by Patient ({child.Pid}), managed thread ";
        string text = "";
        TestKit.Await.Until("the child waits for the lock", () => (text = Run("--objects")).Contains(waits, StringComparison.Ordinal));
        string line = text.Split('\n').Single(line => line.Contains(waits, StringComparison.Ordinal));
        line.ShouldMatch($@"^  lock \d+ of .+ {here}: held by .+ {here}, managed thread \d+; waited for by .+ for \d+\.\d s");
        using var json = JsonDocument.Parse(Run("--objects", "--json"));
        json.RootElement.EnumerateArray().Select(static each => each.GetProperty("objects")).Where(static each => each.ValueKind == JsonValueKind.Array)
            .SelectMany(static each => each.EnumerateArray())
            .ShouldContain(each => each.GetProperty("waiters").EnumerateArray().Any(waiter => waiter.GetProperty("pid").GetInt32() == child.Pid));
        ToolRun.OutputOf("stack", $"{child.Pid}").ShouldMatch(
            $@"\n    managed thread \d+ has waited \d+\.\d s for lock \d+ of .+ {here}, held by .+ {here}, managed thread \d+\n");
        gate.Release();
        child.Join(Support.InChild.Bound).ShouldBeTrue();
    }

    [Theory]
    [InlineData("PoolWorker-3", "PoolWorker-3")]
    [InlineData("dotnet", "child")]
    [InlineData("", "child")]
    public void Child_IsCalledByItsName_OnceItHasOne(string comm, string expected) =>
        (Entry(11, 10, 7, s_child) with { Comm = comm }).Label.ShouldBe(expected);

    [Fact]
    public void Child_OfAProgramThatRunsItself_IsNotCalledByItsFile() =>
        (Entry(21, 20, 8, "/app/averylongfilename", "--multiproc-host", "child") with { Comm = "averylongfilena" }).Label.ShouldBe("child");

    [Fact]
    public void Objects_AreSaidInWords_ThoseThatAreWaitedForFirst()
    {
        var none = new Dictionary<string, long>();
        var view = new ProgramView
        {
            Milliseconds = 0,
            Pid = 10,
            Name = "Shop",
            Processes = [new ProcessView(10, 0, "Shop", "program", "running", 0, 0, 0), new ProcessView(11, 10, "Counter", "process", "running", 0, 0, 0)],
            Objects =
            [
                new ObjectView(10, 3, "SharedValue<Int32>", 64, [], [], none),
                new ObjectView(12, 5, "queue", 64, [new PartyView(11, 0, 2)], [], new Dictionary<string, long> { ["items"] = 12 }),
                new ObjectView(10, 7, "lock", 64, [new PartyView(10, 1, 1)], [new PartyView(11, 4, 0, 1.5)], none),
            ],
            ObjectsLeftOut = 9,
            Deadlocks = [new DeadlockView([new DeadlockStepView("", 10, 1, "lock 8", "Shop.Main"), new DeadlockStepView("", 11, 4, "lock 7", null)])],
            Cluster = new ClusterView("h:1", [], [new ClusterObjectView("gate", "lock", "h:2", ["process 3"], ["process 4"], none)], [], []),
        };
        new ObjectSentences(view).All().ShouldBe(
        [
            "lock 7 of Shop (10): held by Shop (10), managed thread 1; waited for by Counter (11), managed thread 4 for 1.5 s",
            "queue 5 of process 12: held by Counter (11); items 12",
            "SharedValue<Int32> 3 of Shop (10)",
            "and 9 more",
            "lock 'gate' of the cluster, at h:2: held by process 3; waited for by process 4",
            "deadlock: Shop (10), managed thread 1 waits for lock 8 at Shop.Main, held by Counter (11), managed thread 4, which waits for lock 7, held by "
                + "Shop (10), managed thread 1",
        ]);
        new ObjectSentences(view).OfProcess(11).ShouldBe(
        [
            "it holds queue 5 of process 12",
            "managed thread 4 has waited 1.5 s for lock 7 of Shop (10), held by Shop (10), managed thread 1",
        ]);
    }

    private static ProcessEntry Entry(int pid, int parent, int user, params string[] command) =>
        new(pid, parent, user, command, TimeSpan.Zero, TimeSpan.Zero, 0, 1);

    private static void Wait(SharedEvent begun, SharedEvent end)
    {
        begun.Set();
        end.Wait();
    }

    private static string Run(params string[] options)
    {
        var start = new System.Diagnostics.ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Multiproc.Host.dll"), "ps", .. options])
        {
            UseShellExecute = false, RedirectStandardOutput = true,
        };
        using var process = System.Diagnostics.Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0);
        return output;
    }
}
