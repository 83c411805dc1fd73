using System.Collections;
using Multiproc.Tests.Pool;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.UserCode;

/// <summary>
/// Code of a manager's objects and their callers that throws: told to the caller, or on stderr where nobody waits; the manager and its other objects go on.
/// </summary>
public sealed class ManagerThrowingTests
{
    private const string Boom = "boom of the object";

    private static readonly Dictionary<string, (string? Told, Action<SyncManager, IBad> Body)> s_members = new()
    {
        ["method"] = (null, static (_, bad) => Should.Throw<InvalidOperationException>(bad.Fail).Message.ShouldBe(Boom)),
        ["method with a mute exception"] = (null, static (_, bad) => Should.Throw<Exception>(bad.FailMutely)),
        ["asynchronous method"] = (
            null,
            static (_, bad) =>
                Should.Throw<InvalidOperationException>(() => bad.FailAsync().WaitAsync(Bounded.Time).GetAwaiter().GetResult()).Message.ShouldBe(Boom)),
        ["property"] = (null, static (_, bad) => Should.Throw<InvalidOperationException>(() => bad.Number).Message.ShouldBe(Boom)),
        ["ToString"] = (null, static (manager, _) => ((Proxy)manager.Create("Bad")).ToString().ShouldContain("Bad")),
        ["constructor"] = (null, static (manager, _) => Should.Throw<RemoteException>(() => manager.Create("Unmade")).Message.ShouldContain(Boom)),
        ["maker with a mute exception"] = (null, static (manager, _) => Should.Throw<Exception>(() => manager.Create("Mute"))),
        ["result that cannot be read"] = (null, static (_, bad) => Should.Throw<Exception>(bad.Unsendable)),
        ["add accessor"] = (
            null, static (_, bad) => Should.Throw<InvalidOperationException>(() => bad.Refusing += static (_, _) => { }).Message.ShouldBe(Boom)),
        ["stream's MoveNext"] = (
            null, static (_, bad) => Should.Throw<InvalidOperationException>(() => bad.Stream(atDisposal: false).Count()).Message.ShouldBe(Boom)),
        ["stream's disposal at its end"] = (
            null, static (_, bad) => Should.Throw<InvalidOperationException>(() => bad.Stream(atDisposal: true).Count()).Message.ShouldBe(Boom)),
        ["stream's disposal when it is left"] = ("A callback of SyncManager", static (_, bad) => bad.Stream(atDisposal: true).First().ShouldBe(1)),
        ["disposal"] = (null, static (manager, bad) =>
        {
            using var disposed = manager.Event();
            bad.TellDisposal(disposed);
            ((IDisposable)bad).Dispose();
            disposed.Wait(Bounded.Time).ShouldBeTrue();
        }),
        ["callback"] = (null, static (_, bad) => Should.Throw<FormatException>(() => bad.Call(static () => throw new FormatException()))),
        ["callback with a mute exception"] = (null, static (_, bad) => Should.Throw<Exception>(() => bad.Call(static () => throw new MuteException()))),
        ["progress"] = ("A callback of ", static (_, bad) => bad.Report(new Reporter(static _ => throw new MuteException()))),
        ["handler of an event, the next is called"] = ("A callback of ", static (_, bad) =>
        {
            using var called = new SemaphoreSlim(0);
            bad.Changed += (_, _) =>
            {
                called.Release();
                throw new MuteException();
            };
            bad.Changed += (_, _) => called.Release();
            bad.Raise();
            bad.Raise();
            for (int i = 0; i < 4; i++)
            {
                called.Wait(Bounded.Time).ShouldBeTrue("both handlers are called both times");
            }
        }),
        ["token callback of a call"] = ("A callback of the token of a call of Bad", static (_, bad) =>
        {
            using var cancel = new CancellationTokenSource();
            using var begun = Mp.Event();
            var call = bad.WaitAsync(begun, cancel.Token);
            begun.Wait(Bounded.Time).ShouldBeTrue();
            cancel.Cancel();
            Should.Throw<OperationCanceledException>(() => call.WaitAsync(Bounded.Time).GetAwaiter().GetResult());
        }),
        ["update of a dictionary"] = (null, static (manager, _) =>
        {
            using var dictionary = manager.Dictionary<string, int>();
            dictionary["a"] = 1;
            Should.Throw<InvalidOperationException>(() => dictionary.Update("a", static _ => throw new InvalidOperationException(Boom))).Message.ShouldBe(Boom);
            Should.Throw<Exception>(() => dictionary.Update("a", static _ => throw new MuteException()));
            Should.Throw<FormatException>(() => dictionary.Transact(static _ => throw new FormatException()));
            dictionary["a"].ShouldBe(1);
        }),
        ["update of a list"] = (null, static (manager, _) =>
        {
            using var list = manager.List<int>([1]);
            Should.Throw<FormatException>(() => list.Update(0, static _ => throw new FormatException()));
            Should.Throw<InvalidOperationException>(() => list.Extend(Failing())).Message.ShouldBe(Boom);
            list.Count.ShouldBe(1);
        }),
    };

    public static TheoryData<string> Members => [.. s_members.Keys];

    [Theory]
    [MemberData(nameof(Members))]
    public void CodeOfAnObject_ThatThrows_IsTold_AndTheManagerGoesOn(string member)
    {
        // What a manager writes to stderr comes out of the process that started it.
        using var process = Mp.Process(Run, member, options: new ProcessOptions { KeepStderr = true });
        process.Start();
        process.Join(InChild.Bound).ShouldBeTrue("the part of the test ends");
        process.ExitCode.ShouldBe(0, process.StderrTail());
        if (s_members[member].Told is { } told)
        {
            process.StderrTail().ShouldContain(told);
        }
    }

    [Fact]
    public void Initializer_ThatThrows_FailsTheStart()
    {
        using var manager = new SyncManager();
        Should.Throw<ProcessStartException>(() => manager.Start(static () => throw new MuteException()));
        manager.Start();
        manager.List<int>([1]).Count.ShouldBe(1);
    }

    private static void Run(string member)
    {
        BaseManager.Register<IBad, Bad>("Bad");
        BaseManager.Register("Unmade", static object () => throw new InvalidOperationException(Boom));
        BaseManager.Register("Mute", static object () => throw new MuteException());
        // What nobody holds any more is disposed of after the lease.
        using var manager = member == "disposal" ? new SyncManager { ReferenceLease = TimeSpan.FromMilliseconds(200) } : new SyncManager();
        manager.Start();
        var bad = manager.Create<IBad>();
        var other = manager.Create<IBad>();
        s_members[member].Body(manager, bad);
        other.Call(static () => 7).ShouldBe(7, "other objects go on");
        if (member != "disposal")
        {
            bad.Call(static () => 7).ShouldBe(7, "the object goes on");
        }

        manager.List<int>([1]).Count.ShouldBe(1);
        manager.Shutdown();
    }

    private static IEnumerable<int> Failing()
    {
        yield return 1;
        throw new InvalidOperationException(Boom);
    }

    internal interface IBad : IDisposable
    {
        event EventHandler Changed;

        event EventHandler Refusing;

        int Number { get; }

        void Fail();

        void FailMutely();

        Task FailAsync();

        object Unsendable();

        IEnumerable<int> Stream(bool atDisposal);

        int Call(Func<int> back);

        void Report(IProgress<int> progress);

        void Raise();

        Task WaitAsync(SharedEvent begun, CancellationToken cancellation);

        void TellDisposal(SharedEvent disposed);
    }

    private sealed class Reporter(Action<int> report) : IProgress<int>
    {
        public void Report(int value) => report(value);
    }

    private sealed class Bad : IBad
    {
        private SharedEvent? _disposed;

        public event EventHandler? Changed;

        public event EventHandler Refusing
        {
            add => throw new InvalidOperationException(Boom);
            remove => throw new InvalidOperationException(Boom);
        }

        public int Number => throw new InvalidOperationException(Boom);

        public void Fail() => throw new InvalidOperationException(Boom);

        public void FailMutely() => throw new MuteException();

        public async Task FailAsync()
        {
            await Task.Yield();
            throw new InvalidOperationException(Boom);
        }

        public object Unsendable() => new Action(Fail).Target is null ? 0 : new Thread(static () => { });

        public IEnumerable<int> Stream(bool atDisposal) => new Items(atDisposal);

        public int Call(Func<int> back) => back();

        public void Report(IProgress<int> progress) => progress.Report(1);

        public void Raise() => Changed?.Invoke(this, EventArgs.Empty);

        public async Task WaitAsync(SharedEvent begun, CancellationToken cancellation)
        {
            _ = cancellation.Register(static () => throw new InvalidOperationException(Boom));
            begun.Set();
            await Task.Delay(Timeout.Infinite, cancellation);
        }

        public void TellDisposal(SharedEvent disposed) => _disposed = disposed;

        public void Dispose()
        {
            _disposed?.Set();
            throw new InvalidOperationException(Boom);
        }

        public override string ToString() => throw new InvalidOperationException(Boom);
    }

    private sealed class Items(bool atDisposal) : IEnumerable<int>, IEnumerator<int>
    {
        private int _place;

        public int Current => _place;

        object IEnumerator.Current => _place;

        public IEnumerator<int> GetEnumerator() => this;

        IEnumerator IEnumerable.GetEnumerator() => this;

        public bool MoveNext() => !atDisposal && _place == 2 ? throw new InvalidOperationException(Boom) : _place++ < 200;

        public void Reset() => throw new NotSupportedException();

        public void Dispose()
        {
            if (atDisposal)
            {
                throw new InvalidOperationException(Boom);
            }
        }
    }
}
