using Multiproc.TestKit;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Processes;

/// <summary>From making a process to closing it. Numbers are those of the conformance list.</summary>
public sealed class LifecycleTests
{
    [Fact]
    public void CurrentProcess_OfTheProgram_IsTheMainProcess()
    {
        // P-01, P-10
        var current = Mp.CurrentProcess;
        current.Name.ShouldBe("MainProcess");
        current.IsAlive.ShouldBeTrue();
        current.Daemon.ShouldBeFalse();
        current.ExitCode.ShouldBeNull();
        current.Pid.ShouldBe(Environment.ProcessId);
        current.AuthKey.Length.ShouldBeGreaterThan(0);
        current.Cancellation.CanBeCanceled.ShouldBeTrue();
        Mp.ParentProcess.ShouldBeNull();
    }

    [Fact]
    public void BeforeStart_NothingIsThereYet()
    {
        // P-04
        using var process = Mp.Process(DoNothing);
        process.AuthKey.ToArray().ShouldBe(Mp.CurrentProcess.AuthKey.ToArray());
        process.IsAlive.ShouldBeFalse();
        process.ExitCode.ShouldBeNull();
        process.Pid.ShouldBeNull();
        Mp.ActiveChildren().ShouldNotContain(process);
        process.ToString().ShouldBe($"ChildProcess '{process.Name}' initial");
    }

    [Fact]
    public void Running_IsListedUntilItIsFoundEnded()
    {
        // P-05, P-07, P-08, P-28
        using var go = Mp.Event();
        using var process = Mp.Process(static e => { e.Wait(); }, go);
        process.Start();
        process.ExitCode.ShouldBeNull();
        process.IsAlive.ShouldBeTrue();
        Mp.ActiveChildren().ShouldContain(process);
        process.ToString().ShouldContain($"pid={process.Pid} started");
        go.Set();
        process.Join(InChild.Bound).ShouldBeTrue();
        process.Join(InChild.Bound).ShouldBeTrue();
        process.IsAlive.ShouldBeFalse();
        Mp.ActiveChildren().ShouldNotContain(process);
        process.ToString().ShouldContain("stopped exit code 0");
    }

    [Fact]
    public void Names_CountPerProcess()
    {
        // P-26
        using var names = Mp.Queue<string>();
        using var child = Mp.Process(static queue =>
        {
            using var first = Mp.Process(DoNothing);
            using var second = Mp.Process(DoNothing);
            queue.Put(Mp.CurrentProcess.Name);
            queue.Put(first.Name);
            queue.Put(second.Name);
        }, names);
        child.Start();
        string own = names.Get(InChild.Bound);
        own.ShouldBe(child.Name);
        own.ShouldMatch("^Process-[0-9]+$");
        names.Get(InChild.Bound).ShouldBe($"{own}:1");
        names.Get(InChild.Bound).ShouldBe($"{own}:2");
        child.Join(InChild.Bound).ShouldBeTrue();
    }

    [Fact]
    public void Daemon_DefaultsToTheParents_AndIsFixedByTheStart()
    {
        // P-03, P-25
        using var process = Mp.Process(DoNothing);
        process.Daemon.ShouldBeFalse();
        process.Daemon = true;
        process.Daemon.ShouldBeTrue();
        process.Daemon = false;
        process.Start();
        Should.Throw<InvalidOperationException>(() => process.Daemon = true);
        Should.Throw<InvalidOperationException>(() => process.AuthKey = new byte[] { 1 });
        Should.Throw<InvalidOperationException>(() => process.Options = new ProcessOptions());
        process.Join(InChild.Bound).ShouldBeTrue();
    }

    [Fact]
    public void AuthKey_Set_IsTheChilds()
    {
        // P-06, P-29
        using var keys = Mp.Queue<byte[]>();
        using var process = Mp.Process(static queue => queue.Put(Mp.CurrentProcess.AuthKey.ToArray()), keys);
        process.Start();
        keys.Get(InChild.Bound).ShouldBe(Mp.CurrentProcess.AuthKey.ToArray());
        process.Join(InChild.Bound).ShouldBeTrue();
        using var other = Mp.Process(static queue => queue.Put(Mp.CurrentProcess.AuthKey.ToArray()), keys);
        other.AuthKey = "secret"u8.ToArray();
        Should.Throw<ArgumentException>(() => other.AuthKey = default);
        other.Start();
        keys.Get(InChild.Bound).ShouldBe("secret"u8.ToArray());
        other.Join(InChild.Bound).ShouldBeTrue();
    }

    [Fact]
    public void Process_OfAnotherProcess_IsRefused()
    {
        // P-24
        using var said = Mp.Queue<string>();
        var subclass = new SentAlong(said);
        subclass.Start();
        said.Get(InChild.Bound).ShouldContain("can call Join");
        subclass.Join(InChild.Bound).ShouldBeTrue();
    }

    [Fact]
    public void Tree_JoinedDepthFirst_ComesInThatOrder()
    {
        // P-14
        using var order = Mp.Queue<string>();
        using var root = Mp.Process(PutTree, order, "");
        root.Start();
        root.Join(InChild.Bound).ShouldBeTrue();
        var seen = Enumerable.Range(0, 7).Select(_ => order.Get(InChild.Bound));
        seen.ShouldBe(["", "0", "00", "01", "1", "10", "11"]);
    }

    [Fact]
    public void ForegroundThreads_AreWaitedFor_BackgroundOnesNot()
    {
        // P-21
        using var seen = Mp.Queue<string>();
        using var go = Mp.Event();
        using var process = Mp.Process(static (queue, go) =>
        {
            _ = new Finalizer(() => queue.Put("the target has returned"), 0);
            new Thread(() =>
            {
                go.Wait();
                queue.Put("the foreground thread has ended");
            }).Start();
            new Thread(() => Thread.CurrentThread.Join()) { IsBackground = true }.Start();
        }, seen, go);
        process.Start();
        seen.Get(InChild.Bound).ShouldBe("the target has returned");

        // Nothing tells what it waits for now; without the thread this is more time than its end takes.
        process.Join(TimeSpan.FromMilliseconds(50)).ShouldBeFalse();
        go.Set();
        process.Join(InChild.Bound).ShouldBeTrue();
        process.ExitCode.ShouldBe(0);
        seen.GetNowait().ShouldBe("the foreground thread has ended");
    }

    [Fact]
    public void NonDaemons_AreWaitedFor_DaemonsAreEnded()
    {
        // P-30
        using var seen = Mp.Queue<string>();
        using var ready = Mp.Semaphore(0);
        using var go = Mp.Event();
        using var parent = Mp.Process(static (queue, ready, go) =>
        {
            Mp.Process(static (queue, ready, go) =>
            {
                ready.Release();
                go.Wait();
                queue.Put("waited for");
            }, queue, ready, go).Start();
            var daemon = Mp.Process(static ready =>
            {
                ready.Release();
                Thread.CurrentThread.Join();
            }, ready, daemon: true);
            daemon.Start();
            ready.Acquire();
            ready.Acquire();
            queue.Put($"{daemon.Pid}");
        }, seen, ready, go);
        parent.Start();
        int daemon = int.Parse(seen.Get(InChild.Bound), System.Globalization.CultureInfo.InvariantCulture);

        // It is ended first: then its parent waits for the other one, which has not been told to go.
        Await.Until("the daemon is ended", () => !Directory.Exists($"/proc/{daemon}"));
        parent.Join(TimeSpan.Zero).ShouldBeFalse();
        go.Set();
        parent.Join(InChild.Bound).ShouldBeTrue("the daemon is ended, the other child was waited for");
        parent.ExitCode.ShouldBe(0);
        seen.GetNowait().ShouldBe("waited for");
    }

    [Fact]
    public void ExitHandlers_RunInAChildThatEndsNormally()
    {
        //
        using var seen = Mp.Queue<string>();
        InChild.Run(() => AppDomain.CurrentDomain.ProcessExit += (_, _) => seen.Put("handler of the exit"));
        seen.GetNowait().ShouldBe("handler of the exit");
    }

    [Fact]
    public void Stdin_OfAChild_IsEmpty()
    {
        // P-31
        using var read = Mp.Queue<int>();
        InChild.Run(() => read.Put(Console.In.Read()));
        read.Get(InChild.Bound).ShouldBe(-1);
    }

    [Fact]
    public void Handles_OfAChild_DoNotGrowWithItsSiblings()
    {
        // P-20, P-34
        using var counts = Mp.Queue<int>();
        using var go = Mp.Event();
        using var open = new FileStream(Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        var siblings = Enumerable.Range(0, 5).Select(_ => Mp.Process(static (queue, go) =>
        {
            queue.Put(Directory.GetFileSystemEntries("/proc/self/fd").Length);
            go.Wait();
        }, counts, go)).ToList();
        var seen = new List<int>();
        foreach (var sibling in siblings)
        {
            sibling.Start();
            seen.Add(counts.Get(InChild.Bound));
        }

        go.Set();
        siblings.ForEach(sibling => sibling.Join(InChild.Bound).ShouldBeTrue());

        // Each would have at least one more than the one before. One more or less is a file that another thread of it had just open.
        (seen.Max() - seen.Min()).ShouldBeLessThan(siblings.Count - 1, string.Join(' ', seen));
    }

    [Fact]
    public void Process_WithoutATarget_EndsWithZero()
    {
        // P-27
        using var process = new NothingToDo();
        process.Start();
        process.Join(InChild.Bound).ShouldBeTrue();
        process.ExitCode.ShouldBe(0);
    }

    [Fact]
    public void StartedProcess_DoesNotKeepItsTarget()
    {
        // P-17, P-19
        var (process, target) = StartWithTarget();
        process.Join(InChild.Bound).ShouldBeTrue();
        Await.Until("the target can be collected", () =>
        {
            GC.Collect();
            return !target.IsAlive;
        });
        process.Dispose();
    }

    [Fact]
    public void ManyThreads_StartAtOnce()
    {
        // P-36
        Parallel.For(0, 6, _ =>
        {
            using var process = Mp.Process(DoNothing);
            process.Start();
            process.Join(InChild.Bound).ShouldBeTrue();
            process.ExitCode.ShouldBe(0);
        });
    }

    private static (ChildProcess Process, WeakReference Target) StartWithTarget()
    {
        var target = new Greeting();
        var process = Mp.Process(target.Say);
        process.Start();
        return (process, new WeakReference(target));
    }

    private static void DoNothing()
    {
    }

    private static void PutTree(SharedQueue<string> order, string path)
    {
        order.Put(path);
        for (int i = 0; i < 2 && path.Length < 2; i++)
        {
            var child = Mp.Process(PutTree, order, $"{path}{i}");
            child.Start();
            child.Join();
        }
    }

    private sealed class Greeting
    {
        public void Say()
        {
        }
    }

    private sealed class NothingToDo : ChildProcess;

    private sealed class SentAlong(SharedQueue<string> said) : ChildProcess
    {
        protected override void Run()
        {
            try
            {
                Join();
                said.Put("it was allowed");
            }
            catch (InvalidOperationException refused)
            {
                said.Put(refused.Message);
            }
        }
    }
}
