using Multiproc.Tests.Support;

namespace Multiproc.Tests.Processes;

/// <summary>Asking a process to end, and ending it. Numbers are those of the conformance list.</summary>
public sealed class StoppingTests
{
    [Theory]
    [InlineData(StartMethod.Spawn)]
    [InlineData(StartMethod.ForkServer)]
    public void Terminate_TargetWithToken_EndsItselfAndTellsTheSignal(StartMethod method)
    {
        using var seen = Mp.Queue<string>();
        using var process = Mp.GetContext(method).Process(WaitForToken, seen);
        process.Start();
        seen.Get(InChild.Bound).ShouldBe("waiting");
        process.Terminate();
        process.Join(InChild.Bound).ShouldBeTrue();
        seen.GetNowait().ShouldBe("cancelled");
        process.ExitCode.ShouldBe(-15);
    }

    [Fact]
    public void Terminate_TargetWithoutToken_RunsItsExitHandlers()
    {
        //
        using var seen = Mp.Queue<string>();
        using var process = InChild.Start(() =>
        {
            AppDomain.CurrentDomain.ProcessExit += (_, _) => seen.Put("handler of the exit");
            seen.Put("waiting");
            Thread.CurrentThread.Join();
        });
        seen.Get(InChild.Bound).ShouldBe("waiting");
        process.Terminate();
        process.Join(InChild.Bound).ShouldBeTrue();
        process.ExitCode.ShouldBe(-15);
        seen.GetNowait().ShouldBe("handler of the exit");
    }

    [Fact]
    public void Terminate_TargetThatDoesNotHeed_IsKilledAfterTheGrace()
    {
        using var started = Mp.Event();
        using var process = Mp.Process(
            static (started, token) =>
            {
                started.Set();
                Thread.CurrentThread.Join();
            },
            started,
            options: new ProcessOptions { TerminationGrace = TimeSpan.FromMilliseconds(50) });
        process.Start();
        started.Wait(InChild.Bound).ShouldBeTrue();
        process.Terminate();
        process.Join(InChild.Bound).ShouldBeTrue("the grace has an end");
        process.ExitCode.ShouldBe(-9);
    }

    [Fact]
    public void Terminate_ItsChildrenEndToo()
    {
        using var pids = Mp.Queue<int>();
        using var process = InChild.Start(() =>
        {
            var grandchild = Mp.Process(static queue =>
            {
                queue.Put(Environment.ProcessId);
                Thread.CurrentThread.Join();
            }, pids);
            grandchild.Start();
            grandchild.Join();
        });
        int grandchild = pids.Get(InChild.Bound);
        process.Terminate();
        process.Join(InChild.Bound).ShouldBeTrue("a process that is terminated does not wait for its children");
        TestKit.Await.Until($"the grandchild {grandchild} has ended", () => Signals.State(grandchild) is '-' or 'Z', Promptly.Within(1));
    }

    [Fact]
    public void Terminate_EndedProcess_IsNothing()
    {
        //
        using var process = InChild.Start(static () => { });
        process.Join(InChild.Bound).ShouldBeTrue();
        process.Terminate();
        process.Interrupt();
        process.Kill();
        process.ExitCode.ShouldBe(0);
    }

    [Fact]
    public void Terminate_RightAfterTheStart_Ends()
    {
        // P-18
        var all = Enumerable.Range(0, 5).Select(_ => InChild.Start(static () => Thread.CurrentThread.Join())).ToList();
        all.ForEach(process => process.Terminate());
        all.ShouldAllBe(process => process.Join(InChild.Bound) && process.ExitCode == -15);
    }

    [Fact]
    public void Interrupt_TargetWithToken_IsCancelledAndMayGoOn()
    {
        //
        using var seen = Mp.Queue<string>();
        using var process = Mp.Process(WaitForToken, seen);
        process.Start();
        seen.Get(InChild.Bound).ShouldBe("waiting");
        process.Interrupt();
        process.Join(InChild.Bound).ShouldBeTrue();
        seen.GetNowait().ShouldBe("cancelled");
        process.ExitCode.ShouldBe(0);
    }

    [Fact]
    public void Interrupt_TargetThatLooksAtTheToken_CountsAsHeeding()
    {
        using var seen = Mp.Queue<string>();
        using var process = InChild.Start(() =>
        {
            var token = Mp.CurrentProcess.Cancellation;
            seen.Put("waiting");
            token.WaitHandle.WaitOne();
            token.ThrowIfCancellationRequested();
        });
        seen.Get(InChild.Bound).ShouldBe("waiting");
        process.Interrupt();
        process.Join(InChild.Bound).ShouldBeTrue();
        process.ExitCode.ShouldBe(128 + 2);
    }

    [Fact]
    public void Interrupt_TargetWithoutToken_EndsByTheSignal()
    {
        using var started = Mp.Event();
        using var process = InChild.Start(() =>
        {
            started.Set();
            Thread.CurrentThread.Join();
        });
        started.Wait(InChild.Bound).ShouldBeTrue();
        process.Interrupt();
        process.Join(InChild.Bound).ShouldBeTrue();
        process.ExitCode.ShouldBe(-2);
    }

    [Fact]
    public void SegmentationFault_IsTheSignal()
    {
        //
        using var process = InChild.Start(static () => Signals.Raise(11));
        process.Join(InChild.Bound).ShouldBeTrue();
        process.ExitCode.ShouldBe(-11);
        process.ToString().ShouldContain("signal 11 (SIGSEGV)");
    }

    private static void WaitForToken(SharedQueue<string> seen, CancellationToken token)
    {
        seen.Put("waiting");
        token.WaitHandle.WaitOne();
        seen.Put("cancelled");
    }
}
