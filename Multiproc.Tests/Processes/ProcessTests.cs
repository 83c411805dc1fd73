using System.Diagnostics;
using Multiproc.TestKit;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Processes;

/// <summary>Real processes. Numbers in comments are those of the conformance list.</summary>
public sealed class ProcessTests
{
    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(60);

    [Fact]
    public void Start_StaticMethod_RunsInAnotherProcess()
    {
        // P-05, P-06, P-07, X-01
        using var queue = Mp.Queue<(int Pid, string Name, string Parent)>();
        using var process = Mp.Process(Introduce, queue, name: "the child");
        process.Pid.ShouldBeNull();
        process.IsAlive.ShouldBeFalse();
        process.Start();
        process.Join(s_bound).ShouldBeTrue();
        var (pid, name, parent) = queue.Get(s_bound);
        pid.ShouldBe(process.Pid!.Value);
        pid.ShouldNotBe(Environment.ProcessId);
        name.ShouldBe("the child");
        parent.ShouldBe("MainProcess");
        process.ExitCode.ShouldBe(0);
        process.IsAlive.ShouldBeFalse();
        Mp.ActiveChildren().ShouldNotContain(process);
    }

    [Fact]
    public void Start_Closure_SendsWhatItCaptured()
    {
        using var queue = Mp.Queue<int>();
        int[] numbers = [1, 2, 3];
        var factor = new Factor(14);
        Run(Mp.Process(() => queue.Put(numbers.Sum() * factor.Value)));
        queue.Get(s_bound).ShouldBe(84);
    }

    [Fact]
    public void Start_InstanceMethodAndAsyncTarget_Work()
    {
        using var queue = Mp.Queue<string>();
        Run(Mp.Process(new Greeter("hello").Greet, queue));
        Run(Mp.Process(GreetAsync, queue, "later"));
        queue.Get(s_bound).ShouldBe("hello");
        queue.Get(s_bound).ShouldBe("later");
    }

    [Fact]
    public void Start_Subclass_RunsItsOverrideWithItsFields()
    {
        // P-23
        using var queue = Mp.Queue<int>();
        using var worker = new Doubler(queue, 21);
        worker.Name.ShouldStartWith("Doubler-");
        Run(worker);
        queue.Get(s_bound).ShouldBe(42);
    }

    [Fact]
    public void Start_Twice_IsRefused()
    {
        // P-24
        using var process = Mp.Process(DoNothing);
        Run(process);
        Should.Throw<InvalidOperationException>(process.Start).Message.ShouldContain("only once");
    }

    [Fact]
    public void Join_BeforeStart_IsRefused()
    {
        using var process = Mp.Process(DoNothing);
        Should.Throw<InvalidOperationException>(() => process.Join()).Message.ShouldContain("has not been started");
    }

    [Fact]
    public void Start_UnsendableCapture_FailsHereAndNamesThePath()
    {
        using var log = new FileStream(Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.None, 4096, FileOptions.DeleteOnClose);
        using var process = Mp.Process(() => log.WriteByte(1));
        Should.Throw<SerializationException>(process.Start).Message
            .ShouldBe(
                "cannot send Multiproc.Tests.Processes.ProcessTests.<Start_UnsendableCapture_FailsHereAndNamesThePath> closure: field 'log' is a "
                    + "System.IO.FileStream");
        process.Pid.ShouldBeNull();
    }

    [Fact]
    public void UnhandledException_ExitsWithOneAndWritesToStderr()
    {
        // the text goes to the shared stderr; a pool keeps it, which is where it is looked at.
        using var process = Mp.Process(Throw);
        Run(process);
        process.ExitCode.ShouldBe(1);
    }

    [Fact]
    public void Exit_InTheChild_GivesItsCode()
    {
        using var process = Mp.Process(static () => Environment.Exit(7));
        Run(process);
        process.ExitCode.ShouldBe(7);
    }

    [Theory]
    [InlineData(false, -15)]
    [InlineData(true, -9)]
    public void TerminateAndKill_GiveTheSignal(bool kill, int expected)
    {
        // P-12, X-02, X-03
        using var started = Mp.Event();
        using var process = Mp.Process(SetAndBlock, started);
        process.Start();
        started.Wait(s_bound).ShouldBeTrue();
        process.Join(TimeSpan.Zero).ShouldBeFalse();
        process.IsAlive.ShouldBeTrue();
        if (kill)
        {
            process.Kill();
        }
        else
        {
            process.Terminate();
        }

        process.Join(s_bound).ShouldBeTrue();
        process.ExitCode.ShouldBe(expected);
        process.Kill();
    }

    [Fact]
    public void Sentinel_AfterTheEnd_StaysSet()
    {
        // P-15
        using var process = Mp.Process(DoNothing);
        Should.Throw<InvalidOperationException>(() => process.Sentinel);
        process.Start();
        process.Sentinel.WaitOne(s_bound).ShouldBeTrue();
        process.Sentinel.WaitOne(0).ShouldBeTrue();
    }

    [Fact]
    public void Close_WhileRunning_IsRefused()
    {
        // P-16
        using var started = Mp.Event();
        var process = Mp.Process(SetAndBlock, started);
        process.Start();
        Should.Throw<InvalidOperationException>(process.Close);
        process.Kill();
        process.Join(s_bound).ShouldBeTrue();
        process.Close();
        process.Close();
        Should.Throw<ObjectDisposedException>(() => process.IsAlive);
    }

    [Fact]
    public void Grandchild_PassedAQueue_PutsIntoTheSameOne()
    {
        // CTX-12
        using var queue = Mp.Queue<string>();
        Run(Mp.Process(PutAndDelegate, queue, 2));
        new[] { queue.Get(s_bound), queue.Get(s_bound), queue.Get(s_bound) }.Order().ShouldBe(["level 0", "level 1", "level 2"]);
    }

    [Fact]
    public void Daemon_MayNotHaveChildren()
    {
        using var queue = Mp.Queue<string>();
        Run(Mp.Process(StartAChild, queue, daemon: true));
        queue.Get(s_bound).ShouldContain("daemonic processes are not allowed to have children");
    }

    [Fact]
    public void ParentKilled_ChildrenEndToo()
    {
        using var pids = Mp.Queue<int>();
        using var parent = Mp.Process(StartAChildAndBlock, pids);
        parent.Start();
        int child = pids.Get(s_bound);
        parent.Kill();
        parent.Join(s_bound).ShouldBeTrue();
        // P-11
        Await.Until($"the orphan {child} has ended", () => !IsRunning(child), Promptly.Within(1));
    }

    [Fact]
    public void HostThatCannotRun_IsNamedWithItsStderr()
    {
        using var process = Mp.Process(DoNothing);
        string config = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.runtimeconfig.json");
        File.WriteAllText(config, """{ "runtimeOptions": { "framework": { "name": "Microsoft.NETCore.App", "version": "99.0.0" } } }""");
        try
        {
            process.StartWith(Multiproc.Processes.HostCommand.Current with { RuntimeConfig = config });
            var failure = Should.Throw<ProcessStartException>(() => process.Join(s_bound));
            Assert.Contains("99.0.0", failure.Message, StringComparison.Ordinal);
            failure.Message.ShouldContain("before it ran any of the program's code");
        }
        finally
        {
            File.Delete(config);
        }
    }

    [Fact]
    public void AfterJoin_WhatTheChildPutIsThere()
    {
        //
        using var queue = Mp.Queue<int>();
        Run(Mp.Process(PutMany, queue, 10_000));
        queue.QSize().ShouldBe(10_000);
        Enumerable.Range(0, 10_000).ShouldAllBe(i => queue.Get(s_bound) == i);
    }

    [Fact]
    public void ManyProcesses_AtOnce_AllEndWell()
    {
        // P-18
        var all = Enumerable.Range(0, 8).Select(_ => Mp.Process(DoNothing)).ToList();
        all.ForEach(process => process.Start());
        all.ShouldAllBe(process => process.Join(s_bound) && process.ExitCode == 0);
    }

    private static void Run(ChildProcess process)
    {
        process.Start();
        process.Join(s_bound).ShouldBeTrue("the child ends");
    }

    private static bool IsRunning(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static void DoNothing()
    {
    }

    private static void Introduce(SharedQueue<(int Pid, string Name, string Parent)> queue) =>
        queue.Put((Environment.ProcessId, Mp.CurrentProcess.Name, Mp.ParentProcess!.Name));

    private static async Task GreetAsync(SharedQueue<string> queue, string greeting)
    {
        await Task.Yield();
        await queue.PutAsync(greeting);
    }

    private static void Throw() => throw new InvalidOperationException("this exception belongs to a test");

    private static void SetAndBlock(SharedEvent started)
    {
        started.Set();
        Thread.CurrentThread.Join();
    }

    private static void PutAndDelegate(SharedQueue<string> queue, int level)
    {
        queue.Put($"level {level}");
        if (level > 0)
        {
            Run(Mp.Process(PutAndDelegate, queue, level - 1));
        }
    }

    private static void StartAChild(SharedQueue<string> queue)
    {
        try
        {
            Mp.Process(DoNothing).Start();
            queue.Put("it was allowed");
        }
        catch (InvalidOperationException refused)
        {
            queue.Put(refused.Message);
        }
    }

    private static void StartAChildAndBlock(SharedQueue<int> pids)
    {
        var child = Mp.Process(PutPidAndBlock, pids);
        child.Start();
        child.Join();
    }

    private static void PutPidAndBlock(SharedQueue<int> pids)
    {
        pids.Put(Environment.ProcessId);
        Thread.CurrentThread.Join();
    }

    private static void PutMany(SharedQueue<int> queue, int count)
    {
        for (int i = 0; i < count; i++)
        {
            queue.Put(i);
        }
    }

    private sealed record Factor(int Value);

    private sealed class Greeter(string greeting)
    {
        public void Greet(SharedQueue<string> queue) => queue.Put(greeting);
    }

    private sealed class Doubler(SharedQueue<int> queue, int number) : ChildProcess
    {
        protected override void Run() => queue.Put(2 * number);
    }
}
