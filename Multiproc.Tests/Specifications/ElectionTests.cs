using Multiproc.Objects.Elections;
using Multiproc.TestKit;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Specifications;

/// <summary>Elections on one machine, in a manager, and by a lock: one candidate leads at a time.</summary>
public sealed class ElectionTests : IDisposable
{
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(200);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Elect_SeveralCandidates_OneLeadsAndTheNextHasAHigherFence()
    {
        using var first = Mp.Elect("reports", Here());
        first.Wait(InChild.Bound).ShouldBeTrue();
        using var second = Mp.GetContext(StartMethod.InProcess).Elect("reports", Here());
        using var other = Mp.Elect("other", Here());
        other.Wait(InChild.Bound).ShouldBeTrue("elections of other names are others");
        second.Wait(s_short).ShouldBeFalse();
        (first.IsLeader, second.IsLeader, first.Lost.IsCancellationRequested).ShouldBe((true, false, false));
        Should.Throw<InvalidOperationException>(() => second.Fence);
        first.ToString().ShouldBe("Leadership of 'reports', leading");
        second.ToString().ShouldBe("Leadership of 'reports', a candidate");
        long fence = first.Fence;
        first.Dispose();
        first.Lost.IsCancellationRequested.ShouldBeTrue();
        first.IsLeader.ShouldBeFalse();
        Should.Throw<ObjectDisposedException>(() => first.Wait());
        second.Wait(InChild.Bound).ShouldBeTrue();
        second.Fence.ShouldBeGreaterThan(fence);
    }

    /// <summary>It threw the TimeoutException of .NET when the candidate was elected right after its time was up.</summary>
    [Fact]
    public void Wait_ElectedWhenTheTimeIsUp_SaysWhichCameFirst()
    {
        var options = new ElectionOptions { Folder = _folder.FullName, CheckInterval = TimeSpan.FromMilliseconds(1) };
        for (int i = 0; i < 150; i++)
        {
            using var first = Mp.Elect("reports", options);
            first.Wait(InChild.Bound).ShouldBeTrue();
            using var second = Mp.Elect("reports", options);
            long fence = first.Fence;
            var resigning = Task.Run(first.Dispose, TestContext.Current.CancellationToken);
            if (second.Wait(TimeSpan.FromMilliseconds(i % 3)))
            {
                second.Fence.ShouldBeGreaterThan(fence);
            }

            resigning.WaitAsync(InChild.Bound).GetAwaiter().GetResult();
        }
    }

    [Fact]
    public void Elect_LeaderKilled_AnotherProcessLeads()
    {
        string folder = _folder.FullName;
        using var fences = Mp.Queue<long>();
        using var doomed = InChild.Start(() => Lead(folder, fences));
        long fence = fences.Get(InChild.Bound);
        using var candidate = Mp.Elect("reports", Here());
        candidate.Wait(s_short).ShouldBeFalse("another process leads");
        doomed.Kill();
        candidate.Wait(InChild.Bound).ShouldBeTrue("the leader is dead");
        candidate.Fence.ShouldBeGreaterThan(fence);
    }

    [Fact]
    public void Elect_ManyCandidatesInProcesses_NeverTwoLeadAtATime()
    {
        string folder = _folder.FullName;
        using var leaders = Mp.RawValue(0L);
        using var fences = Mp.Queue<long>();
        ChildProcess[] children = [.. Enumerable.Range(0, 3).Select(_ => InChild.Start(() => LeadOften(folder, leaders, fences)))];
        LeadOften(folder, leaders, fences);
        foreach (var child in children)
        {
            child.Join(InChild.Bound).ShouldBeTrue("a candidate ends");
            child.ExitCode.ShouldBe(0);
            child.Dispose();
        }

        long[] all = [.. fences.GetMany(40)];
        all.Length.ShouldBe(40);
        all.ShouldBeInOrder();
        all.Distinct().Count().ShouldBe(40);
    }

    [Fact]
    public void Elect_FileDeleted_LeaderIsToldAndAnotherOneIsElected()
    {
        using var first = Mp.Elect("reports", Here());
        first.Wait(InChild.Bound).ShouldBeTrue();
        long fence = first.Fence;
        _folder.GetFiles().ShouldHaveSingleItem().Delete();
        Await.Until("the leader is told", () => first.Lost.IsCancellationRequested);
        first.IsLeader.ShouldBeFalse();
        Should.Throw<HoldLostException>(() => first.Wait());
        using var second = Mp.Elect("reports", Here());
        second.Wait(InChild.Bound).ShouldBeTrue();
        second.Fence.ShouldBeGreaterThan(fence);
    }

    [Fact]
    public void Elect_FileOfSomethingElse_IsAnErrorThatSaysWhatToDo()
    {
        using (var first = Mp.Elect("reports", Here()))
        {
            first.Wait(InChild.Bound).ShouldBeTrue();
        }

        File.WriteAllText(_folder.GetFiles().Single().FullName, "something else");
        using var second = Mp.Elect("reports", Here());
        Should.Throw<MultiprocException>(() => second.Wait(InChild.Bound)).Message.ShouldContain("Remove it");
        Should.Throw<MultiprocException>(() => Mp.Elect("reports", new ElectionOptions { Folder = "/proc" }).Wait(InChild.Bound));
        Should.Throw<ArgumentException>(() => Mp.Elect(""));
        Should.Throw<ArgumentException>(() => Mp.Elect(new string('x', 1025)));
        Should.Throw<ArgumentOutOfRangeException>(() => Mp.Elect("reports", new ElectionOptions { CheckInterval = TimeSpan.Zero }));
    }

    [Fact]
    public void Elect_WithoutAFolder_HasOneForAllProgramsOfTheUser()
    {
        string name = $"a test {Guid.NewGuid():N}";
        using var here = Mp.Elect(name);
        here.Wait(InChild.Bound).ShouldBeTrue();
        InChild.Run(() =>
        {
            // Whatever the environment of a program says.
            Environment.SetEnvironmentVariable("XDG_RUNTIME_DIR", null);
            Environment.SetEnvironmentVariable("TMPDIR", "/var/tmp");
            using var there = Mp.Elect(name);
            there.Wait(s_short).ShouldBeFalse();
        });
        here.Dispose();
        File.Delete(ElectionFolder.FileOf(name, folder: null));
    }

    [Fact]
    public void Elect_InAManager_DeathOfTheLeaderOrTheManagerIsSeen()
    {
        using var manager = Mp.Manager();
        var address = manager.Address;
        using var fences = Mp.Queue<long>();
        using var doomed = InChild.Start(() => LeadIn(address, fences));
        long fence = fences.Get(InChild.Bound);
        using var candidate = manager.Elect("reports");
        candidate.Wait(s_short).ShouldBeFalse();
        doomed.Kill();
        candidate.Wait(InChild.Bound).ShouldBeTrue("the leader is dead");
        candidate.Fence.ShouldBeGreaterThan(fence);
        using var waiting = manager.Elect("reports");
        waiting.Wait(TimeSpan.Zero).ShouldBeFalse();
        Signals.Send(manager.Pid, 9);
        Await.Until("the leader is told", () => candidate.Lost.IsCancellationRequested);
        Should.Throw<HoldLostException>(() => candidate.Wait());
        Should.Throw<ConnectionLostException>(() => waiting.Wait(InChild.Bound));
    }

    [Fact]
    public void Elect_ByALock_WhoHoldsItLeads()
    {
        using var gate = Mp.Lock();
        using var held = Mp.Event();
        using var doomed = InChild.Start(() =>
        {
            var leadership = Mp.Elect(gate);
            leadership.Wait(InChild.Bound);
            held.Set();
            Thread.CurrentThread.Join();
        });
        held.Wait(InChild.Bound).ShouldBeTrue("the child leads");
        using (var candidate = Mp.Elect(gate))
        {
            candidate.Wait(s_short).ShouldBeFalse();
            doomed.Kill();
            candidate.Wait(InChild.Bound).ShouldBeTrue("the leader is dead");
            candidate.Fence.ShouldBe(gate.Fence);
        }

        gate.Locked.ShouldBeFalse("it has resigned");
    }

    [Fact]
    public async Task Dispose_OfACandidate_EndsItsWaits()
    {
        using var first = Mp.Elect("reports", Here());
        first.Wait(InChild.Bound).ShouldBeTrue();
        var second = Mp.Elect("reports", Here());
        var waiting = second.WaitAsync().AsTask();
        await second.DisposeAsync();
        await Should.ThrowAsync<ObjectDisposedException>(async () => await waiting);
        second.IsLeader.ShouldBeFalse();
        first.IsLeader.ShouldBeTrue();
    }

    private ElectionOptions Here() => In(_folder.FullName);

    private static ElectionOptions In(string folder) => new() { Folder = folder, CheckInterval = TimeSpan.FromMilliseconds(5) };

    private static void Lead(string folder, SharedQueue<long> fences)
    {
        var leadership = Mp.Elect("reports", In(folder));
        leadership.Wait(InChild.Bound);
        fences.Put(leadership.Fence);
        Thread.CurrentThread.Join();
    }

    private static void LeadIn(ManagerAddress address, SharedQueue<long> fences)
    {
        var manager = new SyncManager(address);
        manager.Connect();
        var leadership = manager.Elect("reports");
        leadership.Wait(InChild.Bound);
        fences.Put(leadership.Fence);
        Thread.CurrentThread.Join();
    }

    private static void LeadOften(string folder, SharedValue<long> leaders, SharedQueue<long> fences)
    {
        for (int i = 0; i < 10; i++)
        {
            using var leadership = Mp.Elect("reports", In(folder));
            leadership.Wait(InChild.Bound).ShouldBeTrue("everybody's turn comes");
            leaders.Increment().ShouldBe(1, "there is one leader");
            fences.Put(leadership.Fence);
            leaders.Add(-1);
        }
    }
}
