using Multiproc.Tests.Support;

namespace Multiproc.Tests.Managers;

/// <summary>Functions for a key of a dictionary: they travel to a manager that this program started, and run there.</summary>
public sealed class UpdateTests(ManagerFixture fixture) : IClassFixture<ManagerFixture>
{
    private const int Processes = 4;
    private const int Rounds = 50;

    private static int s_runs;

    private readonly SyncManager _manager = fixture.Manager;

    [Fact]
    public async Task Function_RunsInTheServer()
    {
        var dictionary = _manager.Dictionary<string, int>([new("a", 1)]);
        int added = 40;
        dictionary.Update("a", x => x + added).ShouldBe(41);
        dictionary["a"].ShouldBe(41);
        dictionary.Update("a", static _ => Environment.ProcessId).ShouldBe(_manager.Pid);
        dictionary.AddOrUpdate("b", 7, static _ => Environment.ProcessId).ShouldBe(7);
        dictionary.AddOrUpdate("b", 7, static _ => Environment.ProcessId).ShouldBe(_manager.Pid);
        (await dictionary.UpdateAsync("b", x => x + added, TestContext.Current.CancellationToken)).ShouldBe(_manager.Pid + 40);
        (await dictionary.AddOrUpdateAsync("c", 3, static x => -x, TestContext.Current.CancellationToken)).ShouldBe(3);
        (await dictionary.AddOrUpdateAsync("c", 3, static x => -x, TestContext.Current.CancellationToken)).ShouldBe(-3);
        await Should.ThrowAsync<KeyNotFoundException>(async () => await dictionary.UpdateAsync("nowhere", static x => x));
        dictionary.ContainsKey("nowhere").ShouldBeFalse();
        var lists = _manager.Dictionary<string, List<int>>([new("a", [1])]);
        (await lists.UpdateAsync("a", list => list.Add(added), TestContext.Current.CancellationToken)).ShouldBe([1, 40]);
        lists["a"].ShouldBe([1, 40]);
    }

    [Fact]
    public void FourProcesses_OnOneKey_EachFunctionRunsOnce()
    {
        var dictionary = _manager.Dictionary<string, int>([new("a", 0), new("before", 0), new("after", 0)]);
        dictionary.Update("before", static _ => s_runs);
        ManagerFixture.Run([.. Enumerable.Range(0, Processes).Select(_ => Mp.Process(UpdateOften, dictionary))]);
        dictionary["a"].ShouldBe(Processes * Rounds);
        dictionary.Update("after", static _ => s_runs);
        (dictionary["after"] - dictionary["before"]).ShouldBe(Processes * Rounds);
    }

    [Fact]
    public void TenProcesses_AppendingToOneList_LoseNothing()
    {
        var dictionary = _manager.Dictionary<string, List<int>>([new("k", [])]);
        ManagerFixture.Run([.. Enumerable.Range(0, 10).Select(number => Mp.Process(Append, dictionary, number))]);
        dictionary["k"].Order().ShouldBe(Enumerable.Range(0, 10));
    }

    [Fact]
    public void Exception_ComesBackWithItsRemoteStack_AndChangesNothing()
    {
        var dictionary = _manager.Dictionary<string, List<int>>([new("a", [1])]);
        var failure = Should.Throw<FormatException>(() => dictionary.Update("a", Spoil));
        failure.Message.ShouldBe("spoilt");
        failure.StackTrace!.ShouldContain(nameof(Spoil));
        failure.StackTrace!.ShouldContain(nameof(Multiproc.Managers.UpdateRunner));
        dictionary["a"].ShouldBe([1]);
        var unsendable = _manager.Dictionary<string, object>([new("a", 1)]);
        Should.Throw<SerializationException>(() =>
            unsendable.Update("a", static _ => (object)new ManualResetEvent(initialState: false))).Message.ShouldContain("ManualResetEvent");
        unsendable["a"].ShouldBe(1);
    }

    [Fact]
    public void UnsendableCapture_MakesItRunHere()
    {
        var dictionary = _manager.Dictionary<string, int>([new("a", 1)]);
        using var local = new ManualResetEventSlim();
        dictionary.Update("a", _ =>
        {
            local.Set();
            return Environment.ProcessId;
        }).ShouldBe(Environment.ProcessId);
        local.IsSet.ShouldBeTrue();
    }

    [Fact]
    public void FunctionThatChangesWhatItCaptured_RunsHere()
    {
        var dictionary = _manager.Dictionary<string, int>([new("a", 1)]);
        int old = 0;
        dictionary.Update("a", x =>
        {
            old = x;
            return x + 1;
        }).ShouldBe(2);
        old.ShouldBe(1);
        var seen = new List<int>();
        dictionary.Update("a", x =>
        {
            seen.Add(x);
            return Environment.ProcessId;
        }).ShouldBe(Environment.ProcessId);
        seen.ShouldBe([2]);
    }

    [Fact]
    public void SlowFunction_HoldsUpNeitherOtherKeysNorPlainOperations()
    {
        var dictionary = _manager.Dictionary<string, int>([new("slow", 1), new("other", 1)]);
        using var entered = Mp.Event();
        using var go = Mp.Event();
        var slow = OwnThread.Run(() => dictionary.Update("slow", x => AtTheGate(entered, go, x + 1)));
        entered.Wait(ManagerFixture.Bound).ShouldBeTrue("the slow function runs");
        dictionary["slow"].ShouldBe(1);
        dictionary["other"] = 5;
        dictionary.Update("other", static x => x + 1).ShouldBe(6);
        dictionary.Count.ShouldBe(2);

        // A plain write does not wait, either: the function sees it in its second run.
        dictionary["slow"] = 100;
        go.Set();
        slow.Wait(ManagerFixture.Bound).ShouldBeTrue("the slow function ends");
        dictionary["slow"].ShouldBe(101);
    }

    [Fact]
    public async Task UpdateThatWaitsForItsTurn_IsCancelled()
    {
        var dictionary = _manager.Dictionary<string, int>([new("a", 1)]);
        using var entered = Mp.Event();
        using var go = Mp.Event();
        var slow = OwnThread.Run(() => dictionary.Update("a", x => AtTheGate(entered, go, x + 1)));
        entered.Wait(ManagerFixture.Bound).ShouldBeTrue("the slow function runs");
        using var source = new CancellationTokenSource();
        var waiting = dictionary.UpdateAsync("a", static x => x + 1000, source.Token).AsTask();
        waiting.IsCompleted.ShouldBeFalse();
        await source.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => waiting.WaitAsync(ManagerFixture.Bound));
        go.Set();
        await slow.WaitAsync(ManagerFixture.Bound, TestContext.Current.CancellationToken);
        dictionary.Update("a", static x => x + 1).ShouldBe(3, "the cancelled one never ran");
    }

    [Fact]
    public void WorkerKilledInTheMiddle_HoldsUpNobody()
    {
        var dictionary = _manager.Dictionary<string, List<int>>([new("a", [])]);
        using var entered = Mp.Event();
        using var go = Mp.Event();
        using var worker = Mp.Process(AppendAtTheGate, dictionary, entered, go);
        worker.Start();
        entered.Wait(ManagerFixture.Bound).ShouldBeTrue("its function runs");
        worker.KillAndJoin();
        go.Set();

        // The function had come to the server whole: it is carried out whole.
        dictionary.Update("a", static list => list.Add(2)).ShouldBe([1, 2]);
    }

    [Fact]
    public void FunctionThatUpdatesItsOwnKey_IsToldSo()
    {
        var dictionary = _manager.Dictionary<string, int>([new("a", 1), new("b", 1)]);
        Should.Throw<InvalidOperationException>(() =>
            dictionary.Update("a", _ => dictionary.Update("a", static x => x + 1))).Message.ShouldContain("wait for itself");
        dictionary.Update("a", x => x + dictionary.Update("b", static y => y + 1)).ShouldBe(3);
    }

    [Fact]
    public void Value_OfTypesThatOnlyTheProgramHas_AndOfProxies_IsChangedThere()
    {
        var shapes = _manager.Dictionary<string, Shape>([new("a", new Shape("square", []))]);
        var inner = _manager.List<int>([1]);
        shapes.Update("a", shape => shape with { Name = "circle", Parts = [.. shape.Parts, inner] });
        inner.Dispose();
        shapes["a"].Name.ShouldBe("circle");
        shapes["a"].Parts.Single().ShouldBe([1]);
    }

    [Fact]
    public void ServerOfAnotherProgram_RunsNoFunctionOfOthers()
    {
        byte[] key = [.. Enumerable.Range(3, 32).Select(static i => (byte)i)];
        using var told = Mp.Queue<int>();
        string path = Path.Combine(Path.GetTempPath(), $"multiproc-{Guid.NewGuid():N}.sock");
        using var server = Mp.Process(Serve, path, key, told);
        server.Start();
        int pid = told.Get(ManagerFixture.Bound);
        using var manager = new SyncManager(ManagerAddress.Local(path), key);
        manager.Connect();
        var dictionary = manager.Dictionary<string, int>([new("a", 1)]);
        dictionary.Update("a", static _ => Environment.ProcessId).ShouldBe(Environment.ProcessId);
        dictionary.Update("a", static _ => Environment.ProcessId).ShouldNotBe(pid);
        manager.Shutdown();
        server.Join(ManagerFixture.Bound).ShouldBeTrue();
    }

    private static void Serve(string path, byte[] key, SharedQueue<int> told)
    {
        var service = new SyncManager(ManagerAddress.Local(path), key).GetServer();
        told.Put(Environment.ProcessId);
        service.ServeForever();
    }

    private static void UpdateOften(DictionaryProxy<string, int> dictionary)
    {
        for (int i = 0; i < Rounds; i++)
        {
            dictionary.Update("a", static x =>
            {
                Interlocked.Increment(ref s_runs);
                return x + 1;
            });
        }
    }

    private static void Append(DictionaryProxy<string, List<int>> dictionary, int number) => dictionary.Update("k", list => list.Add(number));

    private static void AppendAtTheGate(DictionaryProxy<string, List<int>> dictionary, SharedEvent entered, SharedEvent go) =>
        dictionary.Update("a", list => list.Add(AtTheGate(entered, go, 1)));

    private static int AtTheGate(SharedEvent entered, SharedEvent go, int result)
    {
        entered.Set();
        go.Wait(ManagerFixture.Bound).ShouldBeTrue("the gate opens");
        return result;
    }

    private static void Spoil(List<int> list)
    {
        list.Clear();
        throw new FormatException("spoilt");
    }

    private sealed record Shape(string Name, ListProxy<int>[] Parts);
}
