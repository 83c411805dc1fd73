using System.Diagnostics;
using Multiproc.Processes.Linux;
using Multiproc.Processes.Warm;
using Multiproc.TestKit;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Leaks;

/// <summary>kill -9 of a program, whatever it is doing: no process of it stays, and no file after the next start of any program of the user (P-11).</summary>
public sealed class OrphanTests : IDisposable
{
    private const string MarkName = "MULTIPROC_ORPHAN_TEST";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("orphans-");
    private readonly string _mark = Guid.NewGuid().ToString();

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void ParentKilled_InAnyState_LeavesNothing()
    {
        Action<SharedQueue<string>>[] states =
        [
            HaveNotStarted, StartOne, StartManyByForkServer, HaveWarmProcesses, HaveAManager, HaveAPool, HaveGrandchildren, HaveFiles,
            WaitForTheEndOfADeafChild,
        ];
        using var ready = Mp.Queue<string>();
        var parents = states.Select(state => Mp.Process(EnterAndBlock, state, ready, options: new ProcessOptions
        {
            Environment = new Dictionary<string, string?> { [MarkName] = _mark, ["XDG_RUNTIME_DIR"] = _folder.FullName },
        })).ToList();
        for (int i = 0; i < states.Length; i++)
        {
            parents[i].Start();
            string state = ready.Get(InChild.Bound);

            // From outside: what the library does when it kills a child itself is not what is asked here.
            Signals.Send(parents[i].Pid!.Value, 9);
            parents[i].Join(InChild.Bound).ShouldBeTrue();
            var watch = Stopwatch.StartNew();
            Await.Until($"no process is left of the program that was killed while it {state}", () => !MarkedProcesses().Any(), Promptly.Within(1));
            Console.WriteLine($"killed while it {state}: no process after {watch.ElapsedMilliseconds} ms");
        }

        using var next = ProgramRun.Start("samples/Tour", new Dictionary<string, string> { ["XDG_RUNTIME_DIR"] = _folder.FullName }, "HelloProcess");
        next.StandardOutput.ReadToEnd().ShouldContain("hello bob");
        next.WaitForExit(InChild.Bound).ShouldBeTrue("the next program ends");
        Directory.GetFileSystemEntries(Path.Combine(_folder.FullName, "multiproc"), "*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public void ParentKilled_WhileItsChildBoots_EndsTheChildWhereverThatIs()
    {
        // P-11. Stopped in its boot, the child does nothing any more by itself: only the kernel can end it.
        using var children = Mp.Queue<int>();
        using var parent = Mp.Process(StopOneInItsBoot, children);
        parent.Start();
        int child = children.Get(InChild.Bound);
        Signals.State(child).ShouldBe('T');
        Signals.Send(parent.Pid!.Value, 9);
        parent.Join(InChild.Bound).ShouldBeTrue();
        Await.Until($"process {child} is gone", () => Signals.State(child) is '-' or 'Z', Promptly.Within(1));
    }

    private static void StopOneInItsBoot(SharedQueue<int> children)
    {
        while (true)
        {
            var child = Mp.Process(Block);
            child.Start();
            child.Freeze();
            if (File.Exists($"/proc/{child.Pid}/fd/{SpawnCall.LifelineDescriptor}"))
            {
                children.Put(child.Pid!.Value);
                Block();
            }

            // It had booted before it could be stopped, which may happen on a busy machine.
            child.Kill();
        }
    }

    private static void EnterAndBlock(Action<SharedQueue<string>> state, SharedQueue<string> ready)
    {
        state(ready);
        Thread.CurrentThread.Join();
    }

    private static void HaveNotStarted(SharedQueue<string> ready)
    {
        var unstarted = Mp.Process(Block);
        _ = Mp.Queue<int>();
        ready.Put($"had not started {unstarted.Name}");
    }

    private static void StartOne(SharedQueue<string> ready)
    {
        Mp.Process(Block).Start();
        ready.Put("started a child, which boots");
    }

    private static void StartManyByForkServer(SharedQueue<string> ready)
    {
        for (int i = 0; i < 3; i++)
        {
            Mp.GetContext(StartMethod.ForkServer).Process(Block).Start();
        }

        ready.Put("refilled its warm processes");
    }

    private static void HaveWarmProcesses(SharedQueue<string> ready)
    {
        Mp.Configure(Mp.Options with { WarmHosts = new WarmHostOptions { Count = 2 } });
        Mp.GetContext(StartMethod.ForkServer).Process(Block).Start();
        Await.Until("there are two warm processes", () => WarmHosts.Current.Ready == 2);
        ready.Put("had warm processes");
    }

    private static void HaveAManager(SharedQueue<string> ready)
    {
        var manager = Mp.Manager();
        manager.List<int>().Add(1);
        ready.Put("had a manager");
        GC.KeepAlive(manager);
    }

    private static void HaveAPool(SharedQueue<string> ready)
    {
        var pool = Mp.Pool(2);
        var results = pool.MapAsync(
            static _ =>
            {
                Block();
                return 0;
            }, [1, 2, 3]);
        ready.Put("had a pool at work");
        GC.KeepAlive(results);
    }

    private static void HaveGrandchildren(SharedQueue<string> ready)
    {
        Mp.Process(static ready =>
        {
            Mp.Process(Block).Start();
            Mp.Process(static ready =>
            {
                ready.Put("had children and grandchildren");
                Block();
            }, ready).Start();
            Block();
        }, ready).Start();
    }

    private static void HaveFiles(SharedQueue<string> ready)
    {
        File.WriteAllText(Path.Combine(Mp.GetTempDir(), "file"), "text");
        var listener = new Listener();
        var block = SharedMemoryBlock.Create(1 << 16);
        Mp.Process(Block).Start();
        ready.Put("had a folder, a listener and a block");
        GC.KeepAlive((listener, block));
    }

    private static void WaitForTheEndOfADeafChild(SharedQueue<string> ready)
    {
        using var begun = Mp.Event();
        var deaf = Mp.Process(
            static (begun, token) =>
            {
                begun.Set();
                Block();
            }, begun, options: new ProcessOptions { TerminationGrace = TimeSpan.FromHours(1) });
        deaf.Start();
        begun.Wait();
        deaf.Terminate();
        ready.Put("waited for the end of a child in its grace");
    }

    private static void Block() => Thread.CurrentThread.Join();

    private IEnumerable<int> MarkedProcesses() => Process.GetProcesses().Select(static process => process.Id).Where(IsMarked);

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
