using Multiproc.Tests.Support;

namespace Multiproc.Tests.Managers;

/// <summary>
/// Objects of managers whose calls come back to them: by a callback, by another object, by another manager. All types here serve one call after the other.
/// </summary>
public sealed class CalledBackTests(CalledBackFixture managers) : IClassFixture<CalledBackFixture>
{
    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(30);

    [Fact]
    public void Callback_ThatCallsTheObjectThatCallsIt_IsLetIn()
    {
        var node = managers.First.CreateAs<INode>("Node");
        Within("the call comes back", () => node.Call(() => node.Add(5))).ShouldBe(5);
        Within("the next one", () => node.Add(1)).ShouldBe(6);
    }

    [Fact]
    public void Callback_ThatCallsADynamicProxy_IsLetIn()
    {
        dynamic node = managers.First.Create("Node");
        Func<int> back = () => (int)node.Add(7);
        Within("the call comes back", () => (int)node.Call(back)).ShouldBe(7);
    }

    [Fact]
    public async Task Callback_ThatAwaitsTheObjectThatAwaitsIt_IsLetIn()
    {
        var node = managers.First.CreateAs<INode>("Node");
        (await node.CallAsync(async () => await node.AddAsync(5)).WaitAsync(s_bound, TestContext.Current.CancellationToken)).ShouldBe(5);
    }

    [Fact]
    public void Callback_OfACallback_IsLetIn()
    {
        var node = managers.First.CreateAs<INode>("Node");
        Within("three levels deep", () => node.Call(() => node.Call(() => node.Call(() => node.Add(3))))).ShouldBe(3);
    }

    [Fact]
    public void Callback_ThatReadsAStreamOfTheObject_IsLetIn()
    {
        var node = managers.First.CreateAs<INode>("Node");
        Within("the stream is read", () => node.Call(() => node.Count(100).Sum())).ShouldBe(4950);
    }

    [Fact]
    public void TwoObjects_TheSecondOfWhichCallsTheFirst_AreLetIn()
    {
        var first = managers.First.CreateAs<INode>("Node");
        var second = managers.First.CreateAs<INode>("Node");
        Within("there and back", () => first.Visit(second, first, 4)).ShouldBe(4);
    }

    [Fact]
    public void TwoManagers_TheSecondOfWhichCallsTheFirst_AreLetIn()
    {
        var first = managers.First.CreateAs<INode>("Node");
        var second = managers.Second.CreateAs<INode>("Node");
        Within("there and back", () => first.Visit(second, first, 4)).ShouldBe(4);
        Within("by way of this process", () => first.Call(() => second.Call(() => first.Add(1)))).ShouldBe(5);
    }

    [Fact]
    public void OtherCalls_StillWaitForTheirTurn()
    {
        var node = managers.First.CreateAs<INode>("Node");
        using var inside = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        var outer = OwnThread.Run(() => node.Call(() =>
        {
            inside.Set();
            goOn.Wait(s_bound).ShouldBeTrue();
            return node.Add(1);
        }));
        inside.Wait(s_bound).ShouldBeTrue();
        int seen = 0;
        var other = OwnThread.Run(() => seen = node.Add(100));
        goOn.Set();
        Task.WaitAll([outer, other], s_bound).ShouldBeTrue();
        seen.ShouldBe(101, "who is not called by the running call comes after it");
    }

    [Fact]
    public void EventHandler_ThatNobodyWaitsFor_TakesItsTurn()
    {
        var node = managers.First.CreateAs<INode>("Node");
        using var seen = new SemaphoreSlim(0);
        int sum = 0;
        node.Changed += (_, _) =>
        {
            sum = node.Add(1);
            seen.Release();
        };
        Within("the object goes on", () => node.Raise()).ShouldBe(0, "the handler has not been let in while the call ran");
        seen.Wait(s_bound).ShouldBeTrue();
        sum.ShouldBe(1);
    }

    [Fact]
    public void CallsWithoutAnEnd_AreRefused()
    {
        var node = managers.First.CreateAs<INode>("Node");
        int depth = 0;
        int Again()
        {
            Interlocked.Increment(ref depth);
            return node.Call(Again);
        }

        Should.Throw<DeadlockException>(() => Within("somebody refuses", () => node.Call(Again))).Message.ShouldContain("levels deep");
        depth.ShouldBeGreaterThan(10);
    }

    [Fact]
    public async Task TwoObjectsCrosswise_OneIsRefused_AndTheCycleNamed()
    {
        var first = managers.First.CreateAs<INode>("Node");
        var second = managers.First.CreateAs<INode>("Node");
        using var both = new Barrier(2);
        int Meet()
        {
            both.SignalAndWait(s_bound).ShouldBeTrue();
            return 0;
        }

        // Each is busy with its own call when it calls the other one.
        var one = OwnThread.Run(() => first.MeetAndVisit(Meet, second));
        var other = OwnThread.Run(() => second.MeetAndVisit(Meet, first));
        await Task.WhenAll(one, other).WaitAsync(s_bound, TestContext.Current.CancellationToken).ContinueWith(
            static _ => { }, TestContext.Current.CancellationToken, TaskContinuationOptions.None, TaskScheduler.Default);
        var refused = new[] { one, other }.Single(static each => each.IsFaulted);
        new[] { one, other }.Count(static each => each.IsCompletedSuccessfully).ShouldBe(1);
        var error = refused.Exception!.InnerException.ShouldBeOfType<DeadlockException>();
        error.Message.ShouldContain("Node (object ");
        error.Message.ShouldContain("busy with a call that waits for");
    }

    [Fact]
    public void Update_ThatComesBackToItsOwnKey_IsRefused()
    {
        using var dictionary = managers.First.Dictionary<string, int>();
        var node = managers.First.CreateAs<INode>("Node");
        dictionary["a"] = 1;
        Should.Throw<InvalidOperationException>(() => Within("the inner update is refused", () => UpdateByWayOf(node, dictionary)))
            .Message.ShouldContain("wait for itself");
        dictionary["a"].ShouldBe(1);
    }

    // A method of its own: the function goes to the manager with what it captures.
    private static int UpdateByWayOf(INode node, DictionaryProxy<string, int> dictionary) => dictionary.Update("a", known => node.Change(dictionary, known));

    private static T Within<T>(string what, Func<T> call)
    {
        T result = default!;
        var running = OwnThread.Run(() => result = call());
        if (!((IAsyncResult)running).AsyncWaitHandle.WaitOne(s_bound))
        {
            throw new TimeoutException($"Waited {s_bound.TotalSeconds} s in vain for this: {what}.");
        }

        running.GetAwaiter().GetResult();
        return result;
    }
}

public sealed class CalledBackFixture : IDisposable
{
    public CalledBackFixture()
    {
        BaseManager.Register<INode, Node>("Node");
        First.Start();
        Second.Start();
    }

    public SyncManager First { get; } = new();

    public SyncManager Second { get; } = new();

    public void Dispose()
    {
        First.Dispose();
        Second.Dispose();
    }
}

public interface INode
{
    event EventHandler Changed;

    int Add(int by);

    Task<int> AddAsync(int by);

    int Call(Func<int> back);

    Task<int> CallAsync(Func<Task<int>> back);

    IEnumerable<int> Count(int to);

    int Visit(INode other, INode node, int by);

    int MeetAndVisit(Func<int> meet, INode other);

    int Change(DictionaryProxy<string, int> dictionary, int known);

    int Raise();
}

internal sealed class Node : INode
{
    private int _sum;

    public event EventHandler? Changed;

    public int Add(int by) => _sum += by;

    public Task<int> AddAsync(int by) => Task.FromResult(_sum += by);

    public int Call(Func<int> back) => back();

    public async Task<int> CallAsync(Func<Task<int>> back) => await back();

    public IEnumerable<int> Count(int to)
    {
        for (int i = 0; i < to; i++)
        {
            yield return i;
        }
    }

    public int Visit(INode other, INode node, int by) => other.Call(() => node.Add(by));

    public int MeetAndVisit(Func<int> meet, INode other)
    {
        meet();
        return other.Add(1);
    }

    public int Change(DictionaryProxy<string, int> dictionary, int known) => dictionary.Update("a", static inner => inner + 1) + known;

    public int Raise()
    {
        Changed?.Invoke(this, EventArgs.Empty);
        return _sum;
    }
}
