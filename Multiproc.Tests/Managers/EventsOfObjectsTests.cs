using System.Collections.Concurrent;

namespace Multiproc.Tests.Managers;

public interface IPublisher : IDisposable
{
    event Action<int> Changed;

    event EventHandler Moved;

    event Func<int, int> Asked;

    void Change(int value);

    void Move();

    int Ask(int value);

    int Listeners();
}

/// <summary>Events of users' objects in a manager: handlers run where they were added.</summary>
public sealed class EventsOfObjectsTests(EventsOfObjectsTests.Fixture fixture) : IClassFixture<EventsOfObjectsTests.Fixture>
{
    private readonly IPublisher _publisher = fixture.Manager.Create<IPublisher>();

    [Fact]
    public void Handler_SeesWhatIsRaised_InOrder_UntilItIsRemoved()
    {
        var seen = new ConcurrentQueue<int>();
        Action<int> handler = seen.Enqueue;
        _publisher.Changed += handler;
        for (int i = 0; i < 20; i++)
        {
            _publisher.Change(i);
        }

        TestKit.Await.Until("all is seen", () => seen.Count == 20);
        seen.ShouldBe(Enumerable.Range(0, 20));
        _publisher.Changed -= handler;
        _publisher.Changed -= handler;
        _publisher.Listeners().ShouldBe(0);
        _publisher.Change(-1);
        seen.ShouldNotContain(-1);
    }

    [Fact]
    public void Handlers_WithASenderOrAResult_Work()
    {
        var senders = new ConcurrentQueue<object?>();
        _publisher.Moved += (sender, nothing) => senders.Enqueue(ReferenceEquals(nothing, EventArgs.Empty) ? sender : nothing);
        _publisher.Move();
        TestKit.Await.Until("it is told", () => senders.Count == 1);
        senders.Single().ShouldBeNull("the sender stays where it is");
        _publisher.Asked += static x => x * 2;
        _publisher.Ask(21).ShouldBe(42);
    }

    [Fact]
    public void Subscriber_ThatDies_IsForgotten()
    {
        using var ready = Mp.Event();
        using var child = Mp.Process(Listen, _publisher, ready);
        child.Start();
        ready.Wait(ManagerFixture.Bound).ShouldBeTrue();
        _publisher.Listeners().ShouldBe(1);
        child.Kill();
        child.Join(ManagerFixture.Bound).ShouldBeTrue();
        TestKit.Await.Until("the dead one is removed when something is raised", () =>
        {
            _publisher.Change(1);
            return _publisher.Listeners() == 0;
        });
    }

    [Fact]
    public void Proxy_Disposed_TakesItsHandlersBack()
    {
        using var queue = Mp.Queue<IPublisher>();
        queue.Put(_publisher);
        var other = queue.Get(ManagerFixture.Bound);
        other.Changed += static _ => { };
        _publisher.Listeners().ShouldBe(1);
        other.Dispose();
        TestKit.Await.Until("the handler is gone", () => _publisher.Listeners() == 0);
    }

    [Fact]
    public void Events_OfADynamic_AreAddedAndRemovedByName()
    {
        var proxy = (Proxy)fixture.Manager.Create("Publisher");
        dynamic loose = proxy;
        var seen = new ConcurrentQueue<int>();
        Action<int> handler = seen.Enqueue;
        loose.Changed += handler;
        loose.Change(1);
        loose.Change(2);
        TestKit.Await.Until("both are seen", () => seen.Count == 2);
        ((int)loose.Listeners()).ShouldBe(1);
        loose.Changed -= handler;
        ((int)loose.Listeners()).ShouldBe(0);

        // The same by the names of the accessors: the handler outlives the call that adds it.
        proxy.CallMethod("add_Changed", handler);
        proxy.CallMethod("Change", 3);
        TestKit.Await.Until("it is seen", () => seen.Count == 3);
        proxy.CallMethod("remove_Changed", handler);
        proxy.CallMethod("Change", -1);
        proxy.CallMethod("Listeners").ShouldBe(0);
        seen.ShouldBe([1, 2, 3]);
        Should.Throw<RemoteException>(() => proxy.CallMethod("add_Unknown", handler)).Message.ShouldContain("not exposed");
        Should.Throw<Microsoft.CSharp.RuntimeBinder.RuntimeBinderException>(() => loose.Unknown += handler).Message.ShouldContain("'Unknown'");
    }

    [Fact]
    public async Task Event_AddedByAnAsyncCall_StaysToo()
    {
        var proxy = (Proxy)fixture.Manager.Create("Publisher");
        var seen = new ConcurrentQueue<int>();
        Action<int> handler = seen.Enqueue;
        await proxy.CallMethodAsync("add_Changed", [handler], TestContext.Current.CancellationToken);
        await proxy.CallMethodAsync("Change", [7], TestContext.Current.CancellationToken);
        TestKit.Await.Until("it is seen", () => seen.Count == 1);
        using var queue = Mp.Queue<Proxy>();
        queue.Put(proxy);
        using var other = queue.Get(ManagerFixture.Bound);
        other.CallMethod("Listeners").ShouldBe(1);
        proxy.Dispose();
        TestKit.Await.Until("the handler goes with its proxy", () => (int)other.CallMethod("Listeners")! == 0);
    }

    private static void Listen(IPublisher publisher, SharedEvent ready)
    {
        publisher.Changed += static _ => { };
        ready.Set();
        Thread.CurrentThread.Join();
    }

    public sealed class Fixture : IDisposable
    {
        public Fixture()
        {
            Publishers.Register<IPublisher, Publisher>("Publisher");
            Manager.Start();
        }

        public Publishers Manager { get; } = new();

        public void Dispose() => Manager.Dispose();
    }

    public sealed class Publishers : BaseManager<Publishers>;

    private sealed class Publisher : IPublisher
    {
        public event Action<int>? Changed;

        public event EventHandler? Moved;

        public event Func<int, int>? Asked;

        public void Change(int value) => Changed?.Invoke(value);

        public void Move() => Moved?.Invoke(this, EventArgs.Empty);

        public int Ask(int value) => Asked!(value);

        public void Dispose() => Changed = null;

        public int Listeners() => Changed?.GetInvocationList().Length ?? 0;
    }
}
