using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.CSharp.RuntimeBinder;

namespace Multiproc.Tests.Managers;

public interface IMaths
{
    int Offset { get; set; }

    int Add(int x, int y);

    int Add(int x, int y, int z);

    void Fail(string message);

    void FailUnsendably();

    object Unsendable();

    int Pid();

    Task<int> AddLaterAsync(int x, int y);

    ValueTask WaitAsync(CancellationToken cancellation);

    IAsyncEnumerable<int> Count(int to, CancellationToken cancellation = default);

    IEnumerable<string> Words();

    int Made();

    int Sum(int to, IProgress<int> progress);

    int Apply(Func<int, int> function, int x);

    Task<int> ApplyAsync(Func<int, Task<int>> function, int x);

    IMaths Clone();
}

/// <summary>Users' objects in a manager. Numbers in comments are those of the conformance list.</summary>
public sealed class CustomObjectTests(CustomObjectTests.Fixture fixture) : IClassFixture<CustomObjectTests.Fixture>
{
    private readonly IMaths _maths = fixture.Manager.Create<IMaths>();

    [Fact]
    public void Methods_RunInTheServer()
    {
        // M-08
        _maths.Add(4, 3).ShouldBe(7);
        _maths.Add(1, 2, 3).ShouldBe(6);
        _maths.Offset = 10;
        _maths.Offset.ShouldBe(10);
        _maths.Add(4, 3).ShouldBe(17);
        _maths.Pid().ShouldBe(fixture.Manager.Pid);
        fixture.Manager.Create<IMaths>(100).Add(1, 1).ShouldBe(102);
        _maths.ToString().ShouldBe("maths of offset 10");
    }

    [Fact]
    public async Task AsyncMethods_AreAwaited()
    {
        (await _maths.AddLaterAsync(2, 3)).ShouldBe(5);
        using var source = new CancellationTokenSource();
        var waiting = _maths.WaitAsync(source.Token).AsTask();
        (await Task.WhenAny(waiting, Task.Delay(50, CancellationToken.None))).ShouldNotBe(waiting);
        await source.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => waiting.WaitAsync(ManagerFixture.Bound));
        _maths.Add(1, 1).ShouldBe(2);
    }

    [Fact]
    public void Exceptions_ArriveWithTypeMessageAndRemoteStack()
    {
        // M-11, M-10, PX-14
        var failure = Should.Throw<FormatException>(() => _maths.Fail("no way"));
        failure.Message.ShouldBe("no way");
        failure.StackTrace!.ShouldContain("MathsClass.Fail");
        var remote = Should.Throw<RemoteException>(_maths.FailUnsendably);
        remote.RemoteMessage.ShouldBe("with a thread");
        remote.RemoteType.ShouldContain("UnsendableFailure");
        Should.Throw<RemoteException>(() => _maths.Unsendable()).Message.ShouldContain("cannot send");
        _maths.Add(1, 1).ShouldBe(2);
    }

    [Fact]
    public async Task Streams_AreMadeAsTheyAreRead()
    {
        // M-12
        var seen = new List<int>();
        await foreach (int item in _maths.Count(int.MaxValue))
        {
            seen.Add(item);
            if (item == 200)
            {
                break;
            }
        }

        seen.ShouldBe(Enumerable.Range(0, 201));
        _maths.Made().ShouldBeLessThan(201 + 200, "nothing is made far ahead of its reader");
        _maths.Words().ShouldBe(["one", "two"]);
        var all = new List<int>();
        await foreach (int item in _maths.Count(3))
        {
            all.Add(item);
        }

        all.ShouldBe([0, 1, 2]);
        await Should.ThrowAsync<FormatException>(async () =>
        {
            await foreach (int item in _maths.Count(-1))
            {
                all.Add(item);
            }
        });
    }

    [Fact]
    public async Task Callbacks_RunHere()
    {
        var reports = new ConcurrentQueue<int>();
        _maths.Sum(5, new Direct<int>(reports.Enqueue)).ShouldBe(10);
        TestKit.Await.Until("all reports are here", () => reports.Count == 5);
        reports.ShouldBe([0, 1, 2, 3, 4]);
        int pid = 0;
        _maths.Apply(
            x =>
            {
                pid = Environment.ProcessId;
                return x * 10;
            },
            4).ShouldBe(40);
        pid.ShouldBe(Environment.ProcessId);
        Should.Throw<FormatException>(() => _maths.Apply(static _ => throw new FormatException("from the callback"), 1)).Message.ShouldBe("from the callback");
        (await _maths.ApplyAsync(static async x =>
        {
            await Task.Yield();
            return x + 1;
        }, 1)).ShouldBe(2);
    }

    [Fact]
    public void TypedProxy_IsSentAsAnythingElse()
    {
        // PX-01, PX-05
        _maths.Offset = 7;
        using var queue = Mp.Queue<IMaths>();
        ManagerFixture.Run(Mp.Process(UseMaths, _maths, queue));
        _maths.Offset.ShouldBe(8);
        var back = queue.Get(ManagerFixture.Bound);
        back.Equals(_maths).ShouldBeTrue();
        back.Add(1, 1).ShouldBe(10);
    }

    [Fact]
    public void Results_OfNamedMethods_BecomeSharedObjects()
    {
        // M-14
        var pairs = fixture.Manager.Create("Pairs");
        IMaths inner = ((Proxy)pairs.First()).As<IMaths>();
        inner.Offset = 3;
        ((Proxy)pairs.First()).As<IMaths>().Offset.ShouldBe(3);

        // PX-16: also in a process that has only the proxy, and no manager
        ManagerFixture.Run(Mp.Process(static p => ((Proxy)p.CallMethod("First")!).As<IMaths>().Offset++, (Proxy)pairs));
        inner.Offset.ShouldBe(4);
    }

    [Fact]
    public void Dynamic_CallsExposedMethodsOnly()
    {
        // M-08, M-09, M-10
        dynamic open = fixture.Manager.Create("Open");
        ((int)open.Twice(21)).ShouldBe(42);
        ((long)open.Wide(21)).ShouldBe(21);
        Should.Throw<RemoteException>(() => open.Hidden()).Message.ShouldContain("not exposed");
        Should.Throw<RemoteException>(() => open._Underscored()).Message.ShouldContain("not exposed");
        Should.Throw<RemoteException>(() => open.GetType_()).Message.ShouldContain("not exposed");
        Should.Throw<RemoteException>(() => open.Twice("x")).Message.ShouldContain("not with these");
        var proxy = (Proxy)open;
        proxy.TypeId.ShouldBe("Open");
        proxy.CallMethod("Twice", 2).ShouldBe(4);
        Should.Throw<RemoteException>(() => proxy.CallMethod("MemberwiseClone"));
        Should.Throw<RemoteException>(() => proxy.CallMethod("Finalize"));
        proxy.GetValue().ShouldBeOfType<OpenClass>();
        var listed = (Proxy)fixture.Manager.Create("Listed");
        listed.CallMethod("Hidden").ShouldBe("hidden");
        Should.Throw<RemoteException>(() => listed.CallMethod("Twice", 1)).Message.ShouldContain("not exposed");
        Should.Throw<RuntimeBinderException>(() => open.Nothing);
    }

    [Fact]
    public void Creating_WhatCannotBeMade_TellsWhy()
    {
        // M-13, M-23, FL-13
        var failure = Should.Throw<RemoteException>(() => fixture.Manager.Create<IMaths>(-1));
        failure.RemoteType.ShouldBe("System.ArgumentOutOfRangeException");
        failure.RemoteStackTrace.ShouldContain("MathsClass");
        Should.Throw<RemoteException>(() => (object)fixture.Manager.Create("Nowhere")).Message.ShouldContain("'Nowhere'");
        Should.Throw<RemoteException>(() => (object)fixture.Manager.Create("NameOnly")).Message.ShouldContain("exactly one argument");
        ((int)fixture.Manager.Create("NameOnly", "four").CompareTo("four")).ShouldBe(0);
        Should.Throw<InvalidOperationException>(() => (object)fixture.Manager.Create("Uncreatable")).Message.ShouldContain("creating method");
        Should.Throw<InvalidOperationException>(() => fixture.Manager.Create<IDisposable>()).Message.ShouldContain("IDisposable");
    }

    [Fact]
    public async Task Calls_RunOneAtATime_UnlessTheTypeIsConcurrent()
    {
        dynamic careful = fixture.Manager.Create("Careful");
        dynamic free = fixture.Manager.Create("Free");
        var one = (Proxy)careful;
        var many = (Proxy)free;
        var calls = Enumerable.Range(0, 8).Select(_ => one.CallMethodAsync("Enter", []).AsTask()).ToList();
        (await Task.WhenAll(calls).WaitAsync(ManagerFixture.Bound)).ShouldAllBe(static most => (int)most! == 1);

        // Each of these waits for the other: one at a time they would wait for ever.
        await Task.WhenAll(many.CallMethodAsync("Meet", []).AsTask(), many.CallMethodAsync("Meet", []).AsTask()).WaitAsync(ManagerFixture.Bound);
    }

    [Fact]
    public void BlockedObject_KeepsNobodyElseWaiting()
    {
        // M-28, T-21
        dynamic free = fixture.Manager.Create("Free");
        var blocked = ((Proxy)free).CallMethodAsync("Meet", []).AsTask();
        _maths.Add(1, 1).ShouldBe(2);
        fixture.Manager.NumberOfObjects.ShouldBeGreaterThan(1);
        blocked.IsCompleted.ShouldBeFalse();
        free.Meet();
        blocked.Wait(ManagerFixture.Bound).ShouldBeTrue();
    }

    [Fact]
    public void CallerKilled_DuringACall_CancelsIt()
    {
        using var began = Mp.Event();
        dynamic watcher = fixture.Manager.Create("Watcher");
        using var child = Mp.Process(CallAndWait, (Proxy)watcher, began);
        child.Start();
        TestKit.Await.Until("the call has begun", () => (int)watcher.Begun() == 1);
        child.Kill();
        TestKit.Await.Until("its token fired", () => (int)watcher.Cancelled() == 1);
    }

    private static void CallAndWait(Proxy watcher, SharedEvent began)
    {
        began.Set();
        watcher.CallMethod("Wait");
    }

    private static void UseMaths(IMaths maths, SharedQueue<IMaths> queue)
    {
        maths.Offset++;
        queue.Put(maths);
        queue.QSize();
    }

    public sealed class Fixture : IDisposable
    {
        public Fixture()
        {
            MyManager.Register<IMaths, MathsClass>("Maths");
            MyManager.Register("Open", static () => new OpenClass());
            MyManager.Register("Listed", static () => new OpenClass(), exposed: ["Hidden"]);
            MyManager.Register("Pairs", static () => new PairsClass(), methodToTypeId: new Dictionary<string, string> { ["First"] = "Maths" });
            MyManager.Register("Careful", static () => new Meeting());
            MyManager.Register("Free", static () => new Meeting(), concurrent: true);
            MyManager.Register("Watcher", static () => new Watcher(), concurrent: true);
            MyManager.Register("NameOnly");
            MyManager.Register("Uncreatable", createMethod: false);
            Manager.Start();
        }

        public MyManager Manager { get; } = new();

        public void Dispose() => Manager.Dispose();
    }

    public sealed class MyManager : BaseManager<MyManager>;

    private sealed class MathsClass : IMaths
    {
        private int _made;

        public MathsClass(int offset = 0)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(offset);
            Offset = offset;
        }

        public int Offset { get; set; }

        public int Add(int x, int y) => x + y + Offset;

        public int Add(int x, int y, int z) => x + y + z + Offset;

        public void Fail(string message) => throw new FormatException(message);

        public void FailUnsendably() => throw new UnsendableFailure("with a thread");

        public object Unsendable() => Thread.CurrentThread;

        public int Pid() => Environment.ProcessId;

        public async Task<int> AddLaterAsync(int x, int y)
        {
            await Task.Yield();
            return x + y;
        }

        public async ValueTask WaitAsync(CancellationToken cancellation) => await Task.Delay(Timeout.Infinite, cancellation);

        public async IAsyncEnumerable<int> Count(int to, [EnumeratorCancellation] CancellationToken cancellation = default)
        {
            if (to < 0)
            {
                throw new FormatException("backwards");
            }

            for (int i = 0; i < to; i++)
            {
                _made++;
                await Task.CompletedTask;
                yield return i;
            }
        }

        public IEnumerable<string> Words()
        {
            yield return "one";
            yield return "two";
        }

        public int Made() => _made;

        public int Sum(int to, IProgress<int> progress)
        {
            int sum = 0;
            for (int i = 0; i < to; i++)
            {
                progress.Report(i);
                sum += i;
            }

            return sum;
        }

        public int Apply(Func<int, int> function, int x) => function(x);

        public async Task<int> ApplyAsync(Func<int, Task<int>> function, int x) => await function(x);

        public IMaths Clone() => new MathsClass(Offset);

        public override string ToString() => $"maths of offset {Offset}";
    }

    private sealed class UnsendableFailure(string message) : Exception(message)
    {
        public Thread Thread { get; } = Thread.CurrentThread;
    }

    private sealed class OpenClass
    {
        public int Twice(int x) => 2 * x;

        public long Wide(long x) => x;

        public void _Underscored() => Twice(1);

        private string Hidden() => "hidden";
    }

    private sealed class PairsClass
    {
        private readonly MathsClass _first = new();

        public object First() => _first;
    }

    private sealed class Meeting
    {
        private readonly Barrier _barrier = new(2);
        private int _inside;
        private int _most;

        public async Task<int> Enter()
        {
            int inside = Interlocked.Increment(ref _inside);
            _most = Math.Max(_most, inside);
            await Task.Yield();
            Interlocked.Decrement(ref _inside);
            return _most;
        }

        public void Meet() => _barrier.SignalAndWait();
    }

    private sealed class Watcher
    {
        private int _begun;
        private int _cancelled;

        public void Wait(CancellationToken cancellation)
        {
            _begun++;
            cancellation.WaitHandle.WaitOne();
            _cancelled++;
        }

        public int Begun() => Volatile.Read(ref _begun);

        public int Cancelled() => Volatile.Read(ref _cancelled);
    }

    private sealed class Direct<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }
}
