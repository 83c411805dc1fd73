using System.Text.Json;
using Multiproc.Host.Ps;

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

    [Theory]
    [InlineData("PoolWorker-3", "PoolWorker-3")]
    [InlineData("dotnet", "child")]
    [InlineData("", "child")]
    public void Child_IsCalledByItsName_OnceItHasOne(string comm, string expected) =>
        (Entry(11, 10, 7, s_child) with { Comm = comm }).Label.ShouldBe(expected);

    [Fact]
    public void Child_OfAProgramThatRunsItself_IsNotCalledByItsFile() =>
        (Entry(21, 20, 8, "/app/averylongfilename", "--multiproc-host", "child") with { Comm = "averylongfilena" }).Label.ShouldBe("child");

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
