using Multiproc.Processes.Warm;
using Multiproc.TestKit;
using Multiproc.Tests.Processes;

namespace Multiproc.Tests.Pool;

/// <summary>What each worker of a pool is held to: <see cref="PoolOptions.Process"/>.</summary>
[Collection(nameof(GlobalSettings))]
public sealed class WorkerOptionTests : IDisposable
{
    private const string Variable = "MULTIPROC_TEST_WORKER";

    private static readonly List<byte[]> s_kept = [];

    private readonly MultiprocOptions _before = Mp.Options;

    public void Dispose()
    {
        Mp.Configure(_before);
        WarmHosts.Current.Drop();
    }

    [Fact]
    public void Process_FolderEnvironmentAndNiceness_AreThoseOfEveryWorkerAndOfItsReplacement()
    {
        string folder = Path.GetTempPath().TrimEnd('/');
        var variables = new Dictionary<string, string?> { [Variable] = "on", ["PATH"] = null };
        using var pool = Mp.Pool(2, new PoolOptions { Process = new ProcessOptions { WorkingDirectory = folder, Environment = variables, Niceness = 7 } });
        pool.MapWithin(static _ => Seen(), Enumerable.Range(0, 8), chunkSize: 1).ShouldAllBe(seen => seen == $"{folder} on True 7");
        int[] first = [.. pool.WorkerPids];
        pool.MapFailure(static x => Exit(x), [3]).ShouldBeOfType<WorkerDiedException>();
        Await.Until("the dead worker is replaced", () => pool.WorkerPids.Count == 2 && pool.WorkerPids.Except(first).Any());
        pool.MapWithin(static _ => Seen(), Enumerable.Range(0, 8), chunkSize: 1).ShouldAllBe(seen => seen == $"{folder} on True 7");
    }

    [Fact]
    public void Process_MemoryLimit_TaskThatAsksForMoreFailsAloneWithOutOfMemory()
    {
        using var pool = Mp.Pool(1, Limited());
        int pid = pool.ApplyAsync(static () => Environment.ProcessId).Get(Bounded.Time);
        pool.MapFailure(static x => x == 1 ? Ask() : x, [0, 1, 2]).ShouldBeOfType<OutOfMemoryException>();
        pool.ApplyAsync(static () => Environment.ProcessId).Get(Bounded.Time).ShouldBe(pid);
    }

    [Fact]
    public void Process_MemoryLimit_WorkerThatEndsForItIsNamedOutOfMemory()
    {
        var deaths = new System.Collections.Concurrent.ConcurrentQueue<WorkerDeath>();
        using var pool = Mp.Pool(1, Limited() with { OnWorkerDeath = deaths.Enqueue });
        var failure = pool.MapFailure(static x => x == 1 ? FillUp() : x, [0, 1, 2], chunkSize: 1).ShouldBeOfType<WorkerDiedException>();
        failure.OutOfMemory.ShouldBeTrue(failure.Message);
        failure.TaskIndex.ShouldBe(1);
        failure.Message.ShouldContain("out of memory");
        Await.Until("the death is told", () => !deaths.IsEmpty);
        deaths.ShouldAllBe(static death => death.OutOfMemory);
        pool.MapFailure(
            static x => x == 1 ? FillUp() : x, [1]).ShouldBeOfType<WorkerDiedException>().OutOfMemory.ShouldBeTrue("the replacement is held to it too");
    }

    [Fact]
    public void Process_Affinity_IsThatOfTheWorkersUnlessTheyHaveSetsOfTheirOwn()
    {
        using var one = Mp.Pool(1, new PoolOptions { Process = new ProcessOptions { Affinity = [0] } });
        one.ApplyAsync(static () => Mp.UsableCpuCount()).Get(Bounded.Time).ShouldBe(1);
        int all = Mp.UsableCpuCount();
        using var sets = Mp.Pool(
            1,
            new PoolOptions
            {
                Process = new ProcessOptions { Affinity = [0], Niceness = 3 }, WorkerAffinity = [[.. Enumerable.Range(0, Environment.ProcessorCount)]],
            });
        sets.ApplyAsync(static () => (Mp.UsableCpuCount(), Niceness())).Get(Bounded.Time).ShouldBe((all, "3"));
    }

    [Fact]
    public void Process_WarmHosts_AreUsedUnlessTheOptionsNeedAProcessFromItsStart()
    {
        string folder = Path.GetTempPath().TrimEnd('/');
        Mp.Configure(_before with { WarmHosts = new WarmHostOptions { Count = 1 } });
        var context = Mp.GetContext(StartMethod.ForkServer);
        int pid = WarmProcess();
        using (var fresh = context.Pool(1, new PoolOptions { Process = new ProcessOptions { Niceness = 2 } }))
        {
            fresh.ApplyAsync(static () => Niceness()).Get(Bounded.Time).ShouldBe("2");
            fresh.WorkerPids.ShouldNotContain(pid);
        }

        using var warm = context.Pool(1, new PoolOptions { Process = new ProcessOptions { WorkingDirectory = folder } });
        warm.WorkerPids.ShouldBe([pid]);
        warm.ApplyAsync(static () => Environment.CurrentDirectory).Get(Bounded.Time).ShouldBe(folder);
    }

    [Fact]
    public void Start_AsManyWarmProcessesAsWorkers_TakesThemAll()
    {
        Mp.Configure(_before with { WarmHosts = new WarmHostOptions { Count = 2 } });
        WarmHosts.Current.Refill();
        Await.Until("two warm processes are ready", static () => WarmHosts.Current.Ready == 2);
        var running = Directory.GetDirectories("/proc").Select(static folder => Path.GetFileName(folder)).ToHashSet();
        using var pool = Mp.GetContext(StartMethod.ForkServer).Pool(2);
        pool.WorkerPids.Count.ShouldBe(2);
        pool.WorkerPids.ShouldAllBe(pid => running.Contains($"{pid}"));
        pool.MapWithin(static x => x, [1, 2, 3]).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void Process_OfAPoolInAManager_IsThatOfItsWorkers()
    {
        using var manager = Mp.Manager();
        var pool = manager.Pool(
            1, new PoolOptions { Process = new ProcessOptions { Niceness = 5, Environment = new Dictionary<string, string?> { [Variable] = "there" } } });
        pool.ApplyAsync(static () => $"{Niceness()} {Environment.GetEnvironmentVariable(Variable)}").Get(Bounded.Time).ShouldBe("5 there");
        Should.Throw<RemoteException>(() =>
            manager.Pool(1, new PoolOptions { Process = new ProcessOptions { Niceness = 20 } })).Message.ShouldContain("Niceness");
    }

    [Fact]
    public void Process_OfThreads_IsNotUsed()
    {
        using var pool = Mp.GetContext(StartMethod.InProcess).Pool(
            1, new PoolOptions { Process = new ProcessOptions { WorkingDirectory = "/", Niceness = 19 } });
        pool.ApplyAsync(static () => Environment.CurrentDirectory).Get(Bounded.Time).ShouldBe(Environment.CurrentDirectory);
    }

    [Fact]
    public void Process_OutOfRange_IsRefusedWhereThePoolIsMade()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => Mp.Pool(1, new PoolOptions { Process = new ProcessOptions { MemoryLimit = 1 } }));
        Should.Throw<ArgumentOutOfRangeException>(() => Mp.Pool(1, new PoolOptions { Process = new ProcessOptions { Affinity = [] } }));
        Should.Throw<ArgumentNullException>(() => Mp.Pool(1, new PoolOptions { Process = null! }));
    }

    private static PoolOptions Limited() => new() { Process = new ProcessOptions { MemoryLimit = 64L << 20 } };

    private static int WarmProcess()
    {
        WarmHosts.Current.Refill();
        Await.Until("a warm process is ready", static () => WarmHosts.Current.Ready == 1);
        return WarmHosts.Current.OldestPid!.Value;
    }

    private static string Seen() =>
        $"{Environment.CurrentDirectory} {Environment.GetEnvironmentVariable(Variable)} {Environment.GetEnvironmentVariable("PATH") is null} {Niceness()}";

    private static string Niceness()
    {
        string stat = File.ReadAllText("/proc/self/stat");
        return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[16];
    }

    private static int Exit(int code)
    {
        Environment.Exit(code);
        return 0;
    }

    /// <summary>More in one piece than there may be: what was there before is enough to go on with.</summary>
    private static int Ask() => new byte[200 << 20].Length;

    /// <summary>On a thread of its own, where nobody catches what there is to catch.</summary>
    private static int FillUp()
    {
        new Thread(static () =>
        {
            while (true)
            {
                s_kept.Add(new byte[1 << 20]);
            }
        }).Start();
        Thread.CurrentThread.Join();
        return 0;
    }
}
