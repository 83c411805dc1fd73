using Multiproc.Processes;
using Multiproc.TestKit;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Processes;

/// <summary>Children that wait for a debugger before they run any code of the program.</summary>
public sealed class DebuggerWaitTests
{
    private static readonly ProcessOptions s_wait = new() { WaitForDebugger = true, KeepStderr = true };

    [Theory]
    [InlineData(StartMethod.Spawn)]
    [InlineData(StartMethod.ForkServer)]
    public void Child_SaysHowToAttach_AndRunsNothingOfTheProgramUntilThen(StartMethod method)
    {
        using var ran = Mp.Event();
        using var child = Mp.GetContext(method).Process(static ran => ran.Set(), ran, name: "Waiting-1", options: s_wait);
        child.Start();
        AwaitItsWord(child);
        child.StderrTail().ShouldContain($"Process Waiting-1 (pid {child.Pid}) waits for a debugger before it runs any code of the program.");
        child.Join(TimeSpan.Zero).ShouldBeFalse("a wait for it has its timeout");
        child.IsAlive.ShouldBeTrue();
        ran.IsSet.ShouldBeFalse();
        child.KillAndJoin();
        ran.IsSet.ShouldBeFalse();
        child.ExitCode.ShouldBe(-9);
    }

    [Fact]
    public void Child_ThatWaits_IsTerminatedAtOnce()
    {
        using var child = Mp.Process(static () => { }, options: s_wait);
        child.Start();
        AwaitItsWord(child);
        child.Terminate();
        child.Join(InChild.Bound).ShouldBeTrue("it ends");
        child.ExitCode.ShouldBe(-15, "by the signal, and not by the kill after its grace");
    }

    [Fact]
    public void WorkersOfAPool_WaitToo_AndEndWithIt()
    {
        using var pool = Mp.Pool(1, new PoolOptions { Process = s_wait });
        var call = pool.ApplyAsync(static () => 1);
        Await.Until("the worker waits", () => pool.Insights().Workers.Count > 0 || call.Ready, InChild.Bound);
        call.Wait(TimeSpan.FromMilliseconds(200)).ShouldBeFalse("no task begins before a debugger is attached");
        pool.Terminate();
        pool.Join(InChild.Bound).ShouldBeTrue("the pool ends");
    }

    [Fact]
    public void ChildOnAThread_DoesNotWait()
    {
        using var ran = Mp.Event();
        using var child = Mp.GetContext(StartMethod.InProcess).Process(static ran => ran.Set(), ran, options: s_wait);
        child.Start();
        child.Join(InChild.Bound).ShouldBeTrue("it ends");
        ran.IsSet.ShouldBeTrue();
    }

    [Fact]
    public void Wait_EndsWhenADebuggerIsThere()
    {
        int asked = 0;
        DebuggerWait.Until(() => ++asked == 3);
        asked.ShouldBe(3);
    }

    private static void AwaitItsWord(ChildProcess child) =>
        Await.Until("it says that it waits", () => child.StderrTail().Contains("waits for a debugger", StringComparison.Ordinal), InChild.Bound);
}
