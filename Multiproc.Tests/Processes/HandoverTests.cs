using Multiproc.Processes.Warm;
using Multiproc.TestKit;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Processes;

/// <summary>
/// A warm process that dies in the instant in which it is handed over: the start goes on in another process, and nothing runs twice (CTX-24).
/// </summary>
[Collection(nameof(GlobalSettings))]
public sealed class HandoverTests : IDisposable
{
    /// <summary>Each takes two boots; the command `handover` of the benchmarks does hundreds.</summary>
    private const int Rounds = 3;

    private readonly MultiprocOptions _before = Mp.Options;
    private readonly SharedValue<int> _ran = Mp.Value(0);
    private readonly SharedQueue<int> _pids = Mp.Queue<int>();

    public void Dispose()
    {
        Mp.Configure(_before);
        WarmHosts.Current.Drop();
        _ran.Dispose();
        _pids.Dispose();
    }

    [Fact]
    public void Start_SpareKilledTheInstantBefore_RunsOnceInAnotherProcess()
    {
        for (int round = 1; round <= Rounds; round++)
        {
            int warm = WarmProcess();
            Signals.Send(warm, Signals.Kill);
            using var process = Start();
            process.Join(InChild.Bound).ShouldBeTrue();
            process.ExitCode.ShouldBe(0);
            _pids.Get(InChild.Bound).ShouldNotBe(warm);
            _ran.Value.ShouldBe(round);
        }
    }

    [Fact]
    public void Start_SpareStoppedAndKilledWithTheWorkInHand_RunsOnceInAnotherProcess()
    {
        for (int round = 1; round <= Rounds; round++)
        {
            int warm = StoppedWarmProcess();
            using var process = Start();
            process.HostPid.ShouldBe(warm);
            Signals.Send(warm, Signals.Kill);
            process.Join(InChild.Bound).ShouldBeTrue();
            process.ExitCode.ShouldBe(0);
            _pids.Get(InChild.Bound).ShouldBe(process.Pid!.Value);
            process.Pid.ShouldNotBe(warm);
            _ran.Value.ShouldBe(round);
        }
    }

    [Fact]
    public void Target_KillsItsProcessAtOnce_IsNotRunAgain()
    {
        for (int round = 1; round <= Rounds; round++)
        {
            int warm = WarmProcess();
            using var process = Mp.GetContext(StartMethod.ForkServer).Process(
                static ran =>
                {
                    ran.Increment();
                    Signals.Send(Environment.ProcessId, Signals.Kill);
                }, _ran);
            process.Start();
            process.Join(InChild.Bound).ShouldBeTrue();
            process.ExitCode.ShouldBe(-9);
            process.Pid.ShouldBe(warm);
            _ran.Value.ShouldBe(round);
        }
    }

    [Fact]
    public void Pid_Told_IsThatOfAProcessThatHasBegunAndMayBeKilledByIt()
    {
        for (int round = 1; round <= Rounds; round++)
        {
            int warm = WarmProcess();
            using var process = Mp.GetContext(StartMethod.ForkServer).Process(static () => Thread.CurrentThread.Join());
            process.Start();
            process.Pid.ShouldBe(warm);
            Signals.Send(warm, Signals.Kill);
            process.Join(InChild.Bound).ShouldBeTrue();
            process.ExitCode.ShouldBe(-9);
            process.Pid.ShouldBe(warm);
        }
    }

    [Fact]
    public void Pid_AskedWhileTheSpareIsKilled_IsThatOfTheProcessThatRuns()
    {
        int warm = StoppedWarmProcess();
        using var process = Start();
        var asked = Task.Run(() => process.Pid!.Value);
        Signals.Send(warm, Signals.Kill);
        process.Join(InChild.Bound).ShouldBeTrue();
        asked.Wait(InChild.Bound).ShouldBeTrue("the process id is told");
        asked.Result.ShouldBe(_pids.Get(InChild.Bound));
        asked.Result.ShouldNotBe(warm);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void EndOfASpareThatHasNotBegun_Asked_IsTheEndOfTheProcess(bool terminate)
    {
        int warm = StoppedWarmProcess();
        using var process = Start();
        if (terminate)
        {
            process.Terminate();
            Signals.Send(warm, Signals.Kill);
        }
        else
        {
            process.Kill();
        }

        process.Join(InChild.Bound).ShouldBeTrue();
        process.ExitCode.ShouldBe(-9);
        process.Pid.ShouldBe(warm);
        _ran.Value.ShouldBe(0);
    }

    [Fact]
    public void PoolStart_BothSparesStoppedAndKilled_WorksWithOthers()
    {
        Keep(2);
        using var pool = Mp.GetContext(StartMethod.ForkServer).Pool(2);
        int[] first = [.. pool.WorkerPids];
        foreach (int pid in first)
        {
            // Whether they have begun or not: the pool has two workers in the end.
            Signals.Send(pid, Signals.Kill);
        }

        pool.MapAsync(static x => x + 1, [1, 2, 3]).Get(InChild.Bound).ShouldBe([2, 3, 4]);
        Await.Until("two others are there", () => pool.WorkerPids.Count == 2 && !pool.WorkerPids.Intersect(first).Any());
    }

    [Fact]
    public void ManagerStart_OnASpareThatIsStoppedAndKilled_WaitsForTheServerInAnotherProcess()
    {
        var method = Mp.GetStartMethod()!.Value;
        Mp.SetStartMethod(StartMethod.ForkServer, force: true);
        try
        {
            using (var onAWarmProcess = ManagerOn(WarmProcess()))
            {
                onAWarmProcess.Dictionary<string, int>()["one"] = 1;
            }

            int warm = StoppedWarmProcess();
            var starting = Task.Run(static () => Mp.Manager());
            Await.Until("the warm process is taken", static () => WarmHosts.Current.OldestPid is null);
            Signals.Send(warm, Signals.Kill);
            starting.Wait(InChild.Bound).ShouldBeTrue("the manager has started");
            using var manager = starting.Result;
            var list = manager.List<int>();
            list.Add(7);
            list[0].ShouldBe(7);
            manager.Pid.ShouldNotBe(warm);
        }
        finally
        {
            Mp.SetStartMethod(method, force: true);
        }
    }

    private static SyncManager ManagerOn(int warm)
    {
        var manager = Mp.Manager();
        manager.Pid.ShouldBe(warm);
        return manager;
    }

    private ChildProcess Start()
    {
        var process = Mp.GetContext(StartMethod.ForkServer).Process(
            static (ran, pids) =>
            {
                ran.Increment();
                pids.Put(Environment.ProcessId);
            }, _ran, _pids);
        process.Start();
        return process;
    }

    private int StoppedWarmProcess()
    {
        int warm = WarmProcess();
        Signals.Freeze(warm);
        return warm;
    }

    private int WarmProcess()
    {
        Keep(1);
        return WarmHosts.Current.OldestPid!.Value;
    }

    private void Keep(int warm)
    {
        Mp.Configure(_before with { WarmHosts = new WarmHostOptions { Count = warm } });
        WarmHosts.Current.Refill();
        Await.Until($"{warm} warm processes are ready", () => WarmHosts.Current.Ready == warm);
    }
}
