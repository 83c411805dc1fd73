using System.Diagnostics;
using System.Text.Json;
using Multiproc.Diagnostics.Stacks;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Host;

/// <summary><c>multiproc-host stack</c>.</summary>
public sealed class StackTests
{
    private static readonly ManagedFrame s_own = new("App", "App.Job.Run");

    [Theory]
    [InlineData("Program.Main(class System.String[])", "Program.Main")]
    [InlineData("App.Program.<Main>$(class System.String[])", "App.Program.Main")]
    [InlineData("Program+<>c.<<Main>$>b__0_0()", "Program.Main (lambda)")]
    [InlineData("App.Program+<>c__DisplayClass0_0.<Work>b__1(int32)", "App.Program.Work (lambda)")]
    [InlineData("App.Program+<Work>d__3.MoveNext()", "App.Program.Work (async)")]
    [InlineData("App.Program+<>c+<<Work>b__0_1>d.MoveNext()", "App.Program.Work (lambda) (async)")]
    [InlineData("App.Program+<>c__DisplayClass4_0+<<Work>b__0>d.MoveNext()", "App.Program.Work (lambda) (async)")]
    [InlineData("App.Program.<Work>g__Step|2_0(value class System.Span`1<int32>)", "App.Program.Work.Step")]
    [InlineData("Multiproc.SharedQueue`1[System.__Canon].Get(class System.Nullable`1)", "Multiproc.SharedQueue.Get")]
    [InlineData("App.Outer+Inner.Run()", "App.Outer.Inner.Run")]
    [InlineData("", "")]
    public void MethodName_IsThatOfTheSource(string ofRuntime, string expected) => MethodName.Readable(ofRuntime).ShouldBe(expected);

    [Theory]
    [InlineData("waits in SharedQueue.Get, in App.Job.Run", "Multiproc.SharedMemory.Futex.Wait", "Multiproc.SharedQueue.Get")]
    [InlineData("waits in ChildProcess.Join, in App.Job.Run", "System.Threading.Monitor.Wait", "Multiproc.ChildProcess.Join")]
    [InlineData("waits for a ManualResetEventSlim, in App.Job.Run", "System.Threading.Monitor.Wait", "System.Threading.ManualResetEventSlim.Wait")]
    [InlineData("waits for a lock of this process (Monitor), in App.Job.Run", "System.Threading.Monitor.Enter_Slowpath")]
    public void Activity_OfAThreadThatWaits_IsWhatTheProgramCalled(string expected, params string[] above) =>
        new ThreadStack(1, null, false, true, [.. above.Select(Frame), s_own]).Activity.ShouldBe(expected);

    [Fact]
    public void Activity_OfOtherThreads_SaysWhatTheyAreFor()
    {
        Of(true, false, s_own).ShouldBe("runs, in App.Job.Run");
        Of(false, false, s_own).ShouldBe("runs native code, in App.Job.Run");
        Of(false, true, Frame("System.Threading.LowLevelLifoSemaphore.WaitNative"), Frame("System.Threading.PortableThreadPool.WorkerThread.WorkerThreadStart"))
            .ShouldBe("is an idle thread of the thread pool");
        Of(false, true, Frame("Multiproc.SharedMemory.Futex.Wait"), Frame("Multiproc.Transport.Reactor.Guard"))
            .ShouldBe("delivers messages of other processes");
        Of(false, true, Frame("System.Threading.Monitor.Wait"), Frame("Multiproc.Processes.DebuggerWait.Until"))
            .ShouldBe("waits for a debugger to be attached");
        Of(false, true, s_own).ShouldBe("waits in native code, in App.Job.Run");
        Of(false, true).ShouldBe("waits in native code");

        static string Of(bool isManaged, bool isSleeping, params ManagedFrame[] frames) => new ThreadStack(1, null, isManaged, isSleeping, frames).Activity;
    }

    [Fact]
    public void Command_ShowsEachThreadOfAChild_AndWhatItWaitsFor()
    {
        using var items = Mp.Queue<int>();
        using var begun = Mp.Event();
        using var child = Mp.Process(WaitInTwoWays, items, begun, name: "Stacked");
        child.Start();
        begun.Wait(InChild.Bound).ShouldBeTrue("both threads are about to wait");
        string pid = $"{child.Pid}";
        JsonElement stack = default;
        TestKit.Await.Until("both threads wait", () =>
        {
            stack = JsonDocument.Parse(ToolRun.OutputOf("stack", pid, "--json")).RootElement;
            return Activities(stack).Count(static each => each.Contains(nameof(StackTests), StringComparison.Ordinal)) == 2
                && Activities(stack).Where(static each => each.Contains(nameof(StackTests), StringComparison.Ordinal))
                    .All(static each => each.StartsWith("waits", StringComparison.Ordinal));
        });
        stack.GetProperty("name").GetString().ShouldBe("Stacked");
        stack.GetProperty("program").GetString().ShouldEndWith($"({Environment.ProcessId})");
        Activities(stack).ShouldContain(static each => each.StartsWith("waits in SharedQueue", StringComparison.Ordinal)
            && each.EndsWith(".Get, in Multiproc.Tests.Host.StackTests.WaitInTwoWays", StringComparison.Ordinal));
        Activities(stack).ShouldContain("waits for a lock of this process (Monitor), in Multiproc.Tests.Host.StackTests.WaitForALock");
        string text = ToolRun.OutputOf("stack", pid);
        text.ShouldStartWith($"Stacked, process {pid}, child of ");
        text.ShouldContain("\"a waiter\": waits for a lock");
        Directory.EnumerateFileSystemEntries(Path.GetTempPath(), $"{StackSampler.FolderPrefix}{pid}-*").ShouldBeEmpty("traces do not stay");
        items.Put(1);
        child.Join(InChild.Bound).ShouldBeTrue("the process goes on after it was looked into");
        child.ExitCode.ShouldBe(0);
    }

    [Fact]
    public void Command_OnWhatIsNoProcessOfDotNet_SaysSoByItsExitCode()
    {
        var none = ToolRun.Of("stack", $"{int.MaxValue}");
        none.ExitCode.ShouldBe(3);
        none.Errors.ShouldContain("there is no process");
        using var other = Process.Start(new ProcessStartInfo("sleep", ["60"]))!;
        try
        {
            var run = ToolRun.Of("dump", $"{other.Id}");
            run.ExitCode.ShouldBe(4, run.Errors);
            run.Errors.ShouldContain($"process {other.Id} (sleep) does not run .NET");
        }
        finally
        {
            other.Kill();
        }
    }

    [Fact]
    public void Command_OnAProcessOfAnotherUser_IsRefused()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can become another user.");
        using var other = Process.Start(new ProcessStartInfo("setpriv", ["--reuid=65534", "--clear-groups", "sleep", "60"]))!;
        try
        {
            TestKit.Await.Until("it has become another user", () => File.ReadAllText($"/proc/{other.Id}/comm") == "sleep\n");
            var run = ToolRun.Of("stack", $"{other.Id}");
            run.ExitCode.ShouldBe(5);
            run.Errors.ShouldContain("belongs to another user");
        }
        finally
        {
            other.Kill();
        }
    }

    [Fact]
    public void Command_OnAProcessThatIsStopped_EndsWithItsTimeout()
    {
        using var begun = Mp.Event();
        using var never = Mp.Event();
        using var child = Mp.Process(
            static (begun, never) =>
            {
                begun.Set();
                never.Wait();
            }, begun, never);
        child.Start();
        begun.Wait(InChild.Bound).ShouldBeTrue("the child runs");
        child.Freeze();
        try
        {
            var run = ToolRun.Of("stack", $"{child.Pid}", "--timeout", "0.5");
            run.ExitCode.ShouldBe(1);
            run.Errors.ShouldContain($"kill -CONT {child.Pid} continues it");
        }
        finally
        {
            child.KillAndJoin();
        }
    }

    private static IEnumerable<string> Activities(JsonElement stack) =>
        stack.GetProperty("threads").EnumerateArray().Select(static each => each.GetProperty("activity").GetString()!);

    private static ManagedFrame Frame(string method) => new(
        method.StartsWith("Multiproc", StringComparison.Ordinal) ? "Multiproc.Actors" : "System.Private.CoreLib", method);

    private static void WaitInTwoWays(SharedQueue<int> items, SharedEvent begun)
    {
        object gate = new();
        lock (gate)
        {
            var waiter = new Thread(() => WaitForALock(gate)) { IsBackground = true, Name = "a waiter" };
            waiter.Start();
            begun.Set();
            items.Get();
        }
    }

    private static void WaitForALock(object gate)
    {
        lock (gate)
        {
            Thread.MemoryBarrier();
        }
    }
}
