using Multiproc.Processes.Warm;
using Multiproc.TestKit;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Processes;

/// <summary>The forkserver: processes that run already.</summary>
[Collection(nameof(GlobalSettings))]
public sealed class WarmHostTests : IDisposable
{
    private static int s_warmedUp;

    private readonly MultiprocOptions _before = Mp.Options;

    public void Dispose()
    {
        Mp.Configure(_before);
        WarmHosts.Current.Drop();
    }

    [Fact]
    public void Start_SpareReady_IsHandedOverAndReplaced()
    {
        Keep(2);
        int warm = OldestWarmProcess();
        using var pids = Mp.Queue<int>();
        using var process = Start(pids);
        process.Pid.ShouldBe(warm);
        pids.Get(InChild.Bound).ShouldBe(warm);
        process.Join(InChild.Bound).ShouldBeTrue();
        process.ExitCode.ShouldBe(0);
        AwaitWarmProcesses(2);
        OldestWarmProcess().ShouldNotBe(warm);
    }

    [Fact]
    public void Start_NoHostIsUsedTwice()
    {
        Keep(1);
        using var pids = Mp.Queue<int>();
        var seen = new HashSet<int>();
        for (int i = 0; i < 6; i++)
        {
            using var process = Start(pids);
            process.Join(InChild.Bound).ShouldBeTrue();
            seen.Add(pids.Get(InChild.Bound)).ShouldBeTrue("each start has a process of its own");
        }
    }

    [Fact]
    public void Spare_Killed_IsReplacedAndNobodyNotices()
    {
        // CTX-24
        Keep(1);
        int warm = OldestWarmProcess();
        Signals.Send(warm, 9);
        Await.Until("another warm process is there", () => WarmHosts.Current.Ready == 1 && OldestWarmProcess() != warm);
        using var pids = Mp.Queue<int>();
        using var process = Start(pids);
        process.Join(InChild.Bound).ShouldBeTrue();
        process.ExitCode.ShouldBe(0);
    }

    [Fact]
    public void WarmUpAndPreload_AreDoneBeforeTheTargetRuns()
    {
        Mp.Configure(_before with { WarmHosts = new WarmHostOptions { Count = 1, Preload = ["System.Xml.XDocument"], WarmUp = () => s_warmedUp = 42 } });
        AwaitWarmProcesses(1);
        using var seen = Mp.Queue<(int Warm, bool Loaded)>();
        using var process = Mp.GetContext(StartMethod.ForkServer).Process(
            static queue => queue.Put((s_warmedUp, AppDomain.CurrentDomain.GetAssemblies().Any(each => each.GetName().Name == "System.Xml.XDocument"))), seen);
        process.Start();
        seen.Get(InChild.Bound).ShouldBe((42, true));
        process.Join(InChild.Bound).ShouldBeTrue();
    }

    [Fact]
    public void Preload_WithoutAName_IsRefused() =>
        Should.Throw<ArgumentException>(() => Mp.Configure(_before with { WarmHosts = new WarmHostOptions { Preload = [" "] } })); // CTX-09

    [Fact]
    public void WarmUpThatFails_StartsWorkAllTheSameAndSayWhy()
    {
        Mp.Configure(
            _before with { WarmHosts = new WarmHostOptions { Count = 1, WarmUp = static () => throw new InvalidOperationException("no warm-up today") } });
        using var pids = Mp.Queue<int>();
        using var process = Start(pids);
        process.Join(InChild.Bound).ShouldBeTrue();
        process.ExitCode.ShouldBe(0);
    }

    [Fact]
    public void EnvironmentChanged_SparesOfTheOldOneAreNotUsed()
    {
        Keep(1);
        try
        {
            Environment.SetEnvironmentVariable("MULTIPROC_TEST_CHANGED", "new");
            using var seen = Mp.Queue<string?>();
            using var process = Mp.GetContext(StartMethod.ForkServer).Process(
                static queue => queue.Put(Environment.GetEnvironmentVariable("MULTIPROC_TEST_CHANGED")), seen);
            process.Start();
            seen.Get(InChild.Bound).ShouldBe("new");
            process.Join(InChild.Bound).ShouldBeTrue();
        }
        finally
        {
            Environment.SetEnvironmentVariable("MULTIPROC_TEST_CHANGED", null);
        }
    }

    [Fact]
    public void Stderr_OfASpare_IsKeptForItsReport()
    {
        Keep(1);
        using var process = Mp.GetContext(StartMethod.ForkServer).Process(static () => throw new InvalidOperationException("said by a warm process"));
        process.Start();
        process.Join(InChild.Bound).ShouldBeTrue();
        process.ExitCode.ShouldBe(1);
        process.StderrTail().ShouldContain("said by a warm process");
    }

    [Theory]
    [InlineData(false, -15)]
    [InlineData(true, -2)]
    public void Request_RightAfterTheStart_IsToldAsTheSignal(bool interrupt, int exitCode)
    {
        // P-18, X-02, X-21: the request comes together with the work, before that has begun.
        for (int i = 0; i < 5; i++)
        {
            Keep(1);
            using var process = Mp.GetContext(StartMethod.ForkServer).Process(static () => Thread.CurrentThread.Join());
            process.Start();
            if (interrupt)
            {
                process.Interrupt();
            }
            else
            {
                process.Terminate();
            }

            process.Join(InChild.Bound).ShouldBeTrue();
            process.ExitCode.ShouldBe(exitCode);
        }
    }

    private static ChildProcess Start(SharedQueue<int> pids)
    {
        var process = Mp.GetContext(StartMethod.ForkServer).Process(static queue => queue.Put(Environment.ProcessId), pids);
        process.Start();
        return process;
    }

    private static int OldestWarmProcess() => WarmHosts.Current.OldestPid!.Value;

    private static void AwaitWarmProcesses(int count)
    {
        WarmHosts.Current.Refill();
        Await.Until($"{count} warm processes are ready", () => WarmHosts.Current.Ready == count);
    }

    private void Keep(int warm)
    {
        Mp.Configure(_before with { WarmHosts = new WarmHostOptions { Count = warm } });
        AwaitWarmProcesses(warm);
    }
}
