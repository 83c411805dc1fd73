namespace Multiproc.Cluster.Tests.Nodes;

/// <summary>Objects in a cluster of one node.</summary>
[Collection(NodeTests.Name)]
public sealed class OneNodeTests : IAsyncLifetime
{
    private readonly ClusterFolder _folder = new();
    private ClusterContext _cluster = null!;

    public async ValueTask InitializeAsync() => _cluster = await ClusterContext.JoinAsync(_folder.Options());

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public void Queue_OfAnotherOpening_IsTheSame()
    {
        _cluster.Queue<string>("jobs").Put("first");
        _cluster.Queue<string>("jobs").Put("second");
        _cluster.Queue<string>("jobs").Get(TimeSpan.FromSeconds(10)).ShouldBe("first");
        _cluster.Queue<string>("jobs").Get(TimeSpan.FromSeconds(10)).ShouldBe("second");
        _cluster.Queue<string>("jobs").QSize().ShouldBe(0);
        Should.Throw<QueueEmptyException>(() => _cluster.Queue<string>("jobs").GetNowait());
    }

    [Fact]
    public void Queue_InAChild_IsTheSame()
    {
        var questions = _cluster.Queue<int>("questions", 2);
        var answers = _cluster.Queue<int>("answers");
        using var child = Mp.Process(static (SharedQueue<int> asked, SharedQueue<int> told) => told.Put(asked.Get() * 2), questions, answers);
        child.Start();
        questions.Put(21);
        answers.Get(TimeSpan.FromSeconds(30)).ShouldBe(42);
        child.Join(TimeSpan.FromSeconds(30)).ShouldBeTrue();
        child.ExitCode.ShouldBe(0);
    }

    [Fact]
    public void Lock_OfAChildThatDies_IsAbandoned()
    {
        var gate = _cluster.Lock("gate");
        long before;
        using (var hold = gate.Hold())
        {
            before = hold.Fence;
            gate.Locked.ShouldBeTrue();
            gate.IsHeldHere.ShouldBeTrue();
        }

        using var child = Mp.Process(
            static (SharedLock held) =>
            {
                held.Acquire();
                System.Diagnostics.Process.GetCurrentProcess().Kill();
            },
            gate);
        child.Start();
        child.Join(TimeSpan.FromSeconds(30)).ShouldBeTrue();
        gate.Acquire(TimeSpan.FromSeconds(30)).ShouldBeTrue();
        gate.Abandoned.ShouldBeTrue();
        gate.Fence.ShouldBeGreaterThan(before + 1);
        gate.MarkConsistent();
        gate.Abandoned.ShouldBeFalse();
        gate.Release();
        gate.Locked.ShouldBeFalse();
    }

    [Fact]
    public void Dictionary_OfManyThreads_CountsEachIncrementOnce()
    {
        var counts = _cluster.Dictionary<string, long>("counts");
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ =>
        {
            for (int i = 0; i < 20; i++)
            {
                counts.Increment("all");
            }
        });
        counts["all"].ShouldBe(160);
        counts.Update("all", static each => each + 1);
        counts["all"].ShouldBe(161);
        counts.Count.ShouldBe(1);
    }

    [Fact]
    public void JoinableQueue_WithItemsOfAChild_IsJoined()
    {
        var jobs = _cluster.JoinableQueue<int>("to be done");
        jobs.PutMany([1, 2, 3]);
        jobs.Join(TimeSpan.FromMilliseconds(100)).ShouldBeFalse();
        using var child = Mp.Process(
            static (SharedJoinableQueue<int> todo) =>
            {
                for (int i = 0; i < 3; i++)
                {
                    todo.Get();
                    todo.TaskDone();
                }
            },
            jobs);
        child.Start();
        jobs.Join(TimeSpan.FromSeconds(30)).ShouldBeTrue();
        child.Join(TimeSpan.FromSeconds(30)).ShouldBeTrue();
    }

    [Fact]
    public void List_OfTheCluster_IsAList()
    {
        var list = _cluster.List<string>("names");
        list.Add("b");
        list.Insert(0, "a");
        list.ToArray().ShouldBe(["a", "b"]);
        list[1] = "c";
        _cluster.List<string>("names").Contains("c").ShouldBeTrue();
    }

    /// <summary>After 1,000 commands the state is saved; the next owner begins there.</summary>
    [Fact]
    public async Task Object_WithManyCommands_IsSavedAndRestored()
    {
        var counts = _cluster.Dictionary<int, long>("many");
        var adders = Enumerable.Range(0, 64).Select(key => Task.Run(async () =>
        {
            for (int i = 0; i < 20; i++)
            {
                await counts.IncrementAsync(key);
            }
        }));
        await Task.WhenAll(adders);
        TestKit.Await.Until("the state is saved", () => File.Exists(_folder.Journal + "-snapshots") && Saved() > 0);
        await _cluster.DisposeAsync();
        _cluster = await ClusterContext.JoinAsync(_folder.Options(), TestContext.Current.CancellationToken);
        var again = _cluster.Dictionary<int, long>("many");
        again.Count.ShouldBe(64);
        again.Values.Sum().ShouldBe(1280);
    }

    [Fact]
    public void Event_SetByOneThread_WakesAnother()
    {
        var bell = _cluster.Event("bell");
        bell.IsSet.ShouldBeFalse();
        var waits = Task.Run(() => _cluster.Event("bell").Wait(TimeSpan.FromSeconds(30)), TestContext.Current.CancellationToken);
        bell.Set();
        waits.GetAwaiter().GetResult().ShouldBeTrue();
        bell.IsSet.ShouldBeTrue();
    }

    [Fact]
    public void Name_OfAnotherType_IsRefused()
    {
        _cluster.Lock("shared name");
        Should.Throw<NameConflictException>(() => _cluster.Queue<int>("shared name")).Message.ShouldContain("is a Lock");
    }

    [Fact]
    public void Timeout_OfAGet_IsKept()
    {
        var queue = _cluster.Queue<int>("empty");
        long begun = System.Diagnostics.Stopwatch.GetTimestamp();
        queue.TryGet(out _, TimeSpan.FromMilliseconds(300)).ShouldBeFalse();
        System.Diagnostics.Stopwatch.GetElapsedTime(begun).ShouldBeInRange(TimeSpan.FromMilliseconds(290), TimeSpan.FromSeconds(20));
    }

    private long Saved()
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={_folder.Journal}-snapshots;Default Timeout=10");
        connection.Open();
        using var question = connection.CreateCommand();
        question.CommandText = "SELECT count(*) FROM snapshot";
        return (long)question.ExecuteScalar()!;
    }

    [Fact]
    public void Get_ThatIsCancelled_LosesNothing()
    {
        var queue = _cluster.Queue<int>("cancelled");
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        Should.Throw<OperationCanceledException>(() => queue.Get(null, cancel.Token));
        queue.Put(7);
        queue.Get(TimeSpan.FromSeconds(10)).ShouldBe(7);
    }

    [Fact]
    public void Inspect_NamesHoldersWaitersAndCounts()
    {
        var gate = _cluster.Lock("inspected gate");
        using var child = Mp.Process(static (SharedLock wanted) => wanted.Acquire(), gate);
        using (gate.Hold())
        {
            child.Start();
            TestKit.Await.Until("the child waits", () => Find("inspected gate").Waiters.Count == 1);
            var report = Find("inspected gate");
            report.Node.ShouldBe(_cluster.Address);
            report.Type.ShouldBe("lock");
            report.Holders.Single().Who.ShouldBe(new ClusterParty(_cluster.Address, Environment.ProcessId, Environment.CurrentManagedThreadId));
            report.Waiters.Single().Pid.ShouldBe(child.Pid!.Value);
            report.Waiters.Single().Thread.ShouldNotBe(0);
            report.Counts["fence"].ShouldBe(gate.Fence);
        }

        child.Join(TimeSpan.FromSeconds(30)).ShouldBeTrue();
        _cluster.Queue<int>("inspected queue").PutMany([1, 2, 3]);
        Find("inspected queue").Counts["items"].ShouldBe(3);
        _cluster.Health.Status.ShouldBe(ClusterHealthStatus.Healthy, _cluster.Health.Reason);

        ClusterObjectReport Find(string name) => _cluster.Inspect().Objects.Single(each => each.Name == name);
    }

    [Fact]
    public void Deadlock_OfTwoThreads_IsFoundWithItsPlaces()
    {
        var (first, second) = (_cluster.Lock("first"), _cluster.Lock("second"));
        using var bothHold = new Barrier(2);
        using var end = new CancellationTokenSource();
        Task[] threads = [Run(first, second), Run(second, first)];
        IReadOnlyList<ClusterDeadlock> found = [];
        TestKit.Await.Until("the deadlock is found", () => (found = _cluster.FindDeadlocks()).Count > 0);
        end.Cancel();
        Task.WaitAll(threads, TestContext.Current.CancellationToken);
        var steps = found.Single().Steps;
        steps.Select(static each => each.Lock).Order().ShouldBe(["first", "second"]);
        steps.ShouldAllBe(each => each.Who.Pid == Environment.ProcessId && each.Site!.Contains("Deadlock_OfTwoThreads", StringComparison.Ordinal));
        _cluster.FindDeadlocks().ShouldBeEmpty();

        Task Run(SharedLock one, SharedLock other) => Task.Factory.StartNew(
            () =>
            {
                using var hold = one.Hold();
                bothHold.SignalAndWait();
                Should.Throw<OperationCanceledException>(() => other.Acquire(null, end.Token));

                // Neither lets go before both have given up: the other one could still get its lock.
                bothHold.SignalAndWait();
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    [Fact]
    public void Metrics_OfTheCluster_AreCounted()
    {
        // In a process of its own: they are those of all nodes of a process, and other tests have some here.
        using var folder = new ClusterFolder();
        using var node = new NodeProcess(folder.Journal);
        node.Do(Measure);
        node.Leave();
    }

    private static void Measure(ClusterContext cluster)
    {
        var seen = new System.Collections.Concurrent.ConcurrentDictionary<string, double>();
        using var listener = new System.Diagnostics.Metrics.MeterListener();
        listener.InstrumentPublished = static (instrument, to) =>
        {
            if (instrument.Name.StartsWith("multiproc.cluster.", StringComparison.Ordinal))
            {
                to.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => seen.AddOrUpdate(instrument.Name, value, (_, old) => old + value));
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => seen.AddOrUpdate(instrument.Name, value, (_, old) => old + value));
        listener.Start();
        var queue = cluster.Queue<int>("measured");
        queue.Put(1);
        queue.Put(2);
        listener.RecordObservableInstruments();
        seen["multiproc.cluster.calls"].ShouldBe(2);
        seen["multiproc.cluster.journal.records"].ShouldBe(3, "its creation, and two puts");
        seen["multiproc.cluster.journal.write.duration"].ShouldBeGreaterThan(0);
        seen["multiproc.cluster.objects.loaded"].ShouldBe(1);
        seen["multiproc.cluster.members"].ShouldBe(1);
        seen["multiproc.cluster.members.unreachable"].ShouldBe(0);
        seen["multiproc.cluster.objects"].ShouldBe(1);
    }
}
