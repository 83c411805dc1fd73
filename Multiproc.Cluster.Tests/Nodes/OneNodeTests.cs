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
}
