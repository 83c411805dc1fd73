using System.Net;
using Multiproc.TestKit;
using Multiproc.Tests.Managers;

namespace Multiproc.Tests.Specifications.Bounds;

/// <summary>Makes the subjects of all bounded methods, ready (the method succeeds at once) or not (it has to wait).</summary>
public sealed partial class Stage : IDisposable
{
    private readonly Lazy<SyncManager> _manager = new(Mp.Manager);
    private readonly Lazy<CustomObjects> _custom = new(static () => new CustomObjects());
    private readonly Lazy<ProcessPool> _pool = new(static () => Mp.Pool(2));
    private readonly Lazy<PoolProxy> _far;

    private readonly Lazy<PythonManager> _python;

    public Stage()
    {
        _far = new(() => _manager.Value.Pool(1));
        _python = new(ConnectLikePython);
    }

    public void Dispose()
    {
        if (_pool.IsValueCreated)
        {
            _pool.Value.Dispose();
        }

        if (_python.IsValueCreated)
        {
            _python.Value.Dispose();
        }

        if (_manager.IsValueCreated)
        {
            _manager.Value.Dispose();
        }

        if (_custom.IsValueCreated)
        {
            _custom.Value.Dispose();
        }
    }

    /// <summary>One for each kind and place; none when there is no such state.</summary>
    internal IEnumerable<Func<Subject>> For(BoundedMethod method, bool ready)
    {
        var owner = method.Definition.DeclaringType!;
        string type = owner.Name.Split('`')[0];
        string name = method.Definition.Name.Replace("Async", "", StringComparison.Ordinal);
        return type switch
        {
            "SharedQueueBase" when name is "JoinThread" => ready ? [() => ClosedQueue(Mp.Queue<int>()), () => ClosedQueue(_manager.Value.Queue<int>())] : [],
            "SharedQueueBase" =>
            [
                () => Queue(Mp.Queue<int>(2), name, ready, "a queue here"), () => Queue(_manager.Value.Queue<int>(2), name, ready, "a queue of a manager"),
                () => Queue(Mp.JoinableQueue<int>(2), name, ready, "a joinable queue here"),
                () => Queue(_manager.Value.JoinableQueue<int>(2), name, ready, "a joinable queue of a manager"),
                .. ready || name.Contains("Get", StringComparison.Ordinal)
                    ? new Func<Subject>[]
                    {
                        () => Queue(Mp.Queue<int>(), name, ready, "an unbounded queue here"),
                        () => Queue(_manager.Value.Queue<int>(), name, ready, "an unbounded queue of a manager"),
                    }
                    : [],
            ],
            "DeadLetterQueue" => [() => DeadLetters(Mp.GetContext(), ready, "here"), () => DeadLetters(_manager.Value, ready, "of a manager")],
            "SharedJoinableQueue" =>
                [() => Joinable(Mp.JoinableQueue<int>(), ready, "here"), () => Joinable(_manager.Value.JoinableQueue<int>(), ready, "of a manager")],
            "SharedSimpleQueue" => [() => Simple(ready)],
            "SharedLock" => [() => Lock(Mp.Lock(), ready, "here"), () => Lock(_manager.Value.Lock(), ready, "of a manager")],
            "SharedRLock" => [() => Lock(Mp.RLock(), ready, "here"), () => Lock(_manager.Value.RLock(), ready, "of a manager")],
            "SharedLockBase" => [() => Lock(Mp.Lock(), ready, "here"), () => Lock(_manager.Value.RLock(), ready, "of a manager")],
            "SharedSemaphoreBase" =>
            [
                () => Semaphore(Mp.Semaphore(ready ? 1 : 0), "here"), () => Semaphore(_manager.Value.Semaphore(ready ? 1 : 0), "of a manager"),
                () => Semaphore(Mp.BoundedSemaphore(ready ? 1 : 0), "bounded, here"),
                () => Semaphore(_manager.Value.BoundedSemaphore(ready ? 1 : 0), "bounded, of a manager"),
            ],
            "SharedReadWriteLock" =>
            [
                () => ReadWrite(Mp.ReadWriteLock(), name, ready, "here"),
                () => ReadWrite(_manager.Value.ReadWriteLock(), name, ready, "of a manager"),
            ],
            "Mp" or "MultiprocContext" when name is "AcquireAll" => [() => Together(ready)],
            "Leadership" => [() => Candidate(ready)],
            "SharedCountdown" =>
            [
                () => Countdown(Mp.Countdown(ready ? 0 : 1), "here"), () => Countdown(_manager.Value.Countdown(ready ? 0 : 1), "of a manager"),
            ],
            "SharedRateLimiter" => [() => RateLimiter(Mp.GetContext(), name, ready, "here"), () => RateLimiter(_manager.Value, name, ready, "of a manager")],
            "SharedCounter" => [() => Counter(Mp.Counter(), "here"), () => Counter(_manager.Value.Counter(), "of a manager")],
            "SharedBroadcast" => [() => Broadcast(Mp.GetContext(), name, ready, "here"), () => Broadcast(_manager.Value, name, ready, "of a manager")],
            "BroadcastReader" => [() => Reader(Mp.GetContext(), ready, "here"), () => Reader(_manager.Value, ready, "of a manager")],
            "SharedCache" => [() => Cache(Mp.GetContext(), ready, "here"), () => Cache(_manager.Value, ready, "of a manager")],
            "SharedEvent" => [() => Event(Mp.Event(), ready, "here"), () => Event(_manager.Value.Event(), ready, "of a manager")],
            "SharedBarrier" =>
            [
                () => Barrier(Mp.Barrier(ready ? 1 : 2), "here"), () => Barrier(_manager.Value.Barrier(ready ? 1 : 2), "of a manager"),
            ],
            "SharedCondition" => ready && name is "Wait" ? [] :
            [
                () => Condition(Mp.Condition(Mp.Lock()), name, ready, "here"),
                () => Condition(_manager.Value.Condition(_manager.Value.Lock()), name, ready, "of a manager"),
            ],
            "SynchronizedObject" => ready ? [() => Value(Mp.Value(1)), () => Value(Mp.Array<int>(3))] : [],
            "DictionaryProxy" => [() => Dictionary(_manager.Value.Dictionary<int, int>([new(0, 7)]))],
            "ListProxy" => [() => List(_manager.Value.List([7]))],
            "SetProxy" => [() => Set(_manager.Value.Set([7]))],
            "ArrayProxy" =>
                [() => Array(_manager.Value.Array([7])), .. method.Key.Contains(
                    "index",
                    StringComparison.Ordinal) ? System.Array.Empty<Func<Subject>>() : [() => new Subject(_manager.Value.Array<int>(0), "an empty array")]],
            "ValueProxy" => [() => ProxyOfValue(_manager.Value.Value(7))],
            "NamespaceProxy" => [() => Namespace(_manager.Value.Namespace([new("name", 7)]))],
            "Proxy" => [() => Custom()],
            "BaseManager" when name is "Join" => [() => Server(ready)],
            "BaseManager" => [() => new Subject(new SyncManager(ManagerAddress.Local(NewPath())), "a manager that was not begun")],
            "ChildProcess" => [() => Child(ready)],
            "ProcessPool" when name is "Join" => [() => Leaving(ready)],
            "ProcessPool" => [() => new Subject(_pool.Value, "a pool") { Untouched = PoolGoesOn }],
            "PoolProxy" when name is "Join" => [() => LeavingFar(ready)],
            "PoolProxy" => [() => new Subject(_far.Value, "a pool in a manager") { Untouched = () => _far.Value.Apply(static x => x + 1, 1).ShouldBe(2) }],
            "AsyncResult" => [() => Result(ready)],
            "PoolResults" => [() => Results(name, ready)],
            "Connection" when method.Definition.IsStatic => [() => Among(ready)],
            "Connection" => [() => Pipe(name, ready), () => Socket(name, ready)],
            "Listener" => [() => Listening(ready)],
            "Client" => ready ? [() => Connecting(method)] : [],
            "Authentication" => [() => Proving()],
            "ActorPipes" => [() => Piping()],
            "PythonManagerServer" => ready ? [] : [Serving],
            "PythonProcess" => [() => Script(ready)],
            "PythonQueue" => [() => QueueOfPython(name, ready)],
            "PythonProxy" => [() => ListOfPython()],
            _ =>
                throw new InvalidOperationException(
                    $"{method.Key} is new: say in {nameof(Stage)} what it is called on, so that its token and its timeout are tested."),
        };
    }

    private static string NewPath() => Path.Combine(Path.GetTempPath(), $"multiproc-{Guid.NewGuid():N}.sock");

    private static Subject ClosedQueue(SharedQueue<int> queue)
    {
        queue.Put(1);
        queue.Close();
        return new Subject(queue, "a closed queue") { Owned = [queue] };
    }

    private static Subject Queue(SharedQueueBase<int> queue, string name, bool ready, string variant)
    {
        bool puts = name.Contains("Put", StringComparison.Ordinal);
        int count = puts ? ready ? 0 : 2 : ready ? 1 : 0;
        queue.PutMany(Enumerable.Range(0, count));
        return new Subject(queue, variant) { Owned = [queue], Untouched = () => queue.QSize().ShouldBe(count), Arguments = { ["items"] = new[] { 1, 2 } } };
    }

    private static Subject Joinable(SharedJoinableQueue<int> queue, bool ready, string variant)
    {
        if (!ready)
        {
            queue.Put(1);
        }

        return new Subject(queue, variant) { Owned = [queue] };
    }

    private static Subject Simple(bool ready)
    {
        var queue = Mp.SimpleQueue<int>();
        if (ready)
        {
            queue.Put(1);
        }

        return new Subject(queue, "a simple queue") { Owned = [queue], Untouched = () => queue.Empty().ShouldBe(!ready) };
    }

    /// <summary>One that is not ready is held by a thread that has ended: not by the one that asks.</summary>
    private static Subject Lock(SharedLockBase gate, bool ready, string variant)
    {
        if (!ready)
        {
            var holder = new Thread(() => gate.Acquire());
            holder.Start();
            holder.Join();
        }

        return new Subject(gate, variant)
        {
            Owned = [gate],
            Untouched = () =>
            {
                gate.Acquire(TimeSpan.Zero).ShouldBe(ready);
                if (ready)
                {
                    gate.Release();
                }
            },
        };
    }

    private static Subject Semaphore(SharedSemaphoreBase permits, string variant)
    {
        int value = permits.Value;
        return new Subject(permits, variant) { Owned = [permits], Untouched = () => permits.Value.ShouldBe(value) };
    }

    private static Subject Event(SharedEvent flag, bool ready, string variant)
    {
        if (ready)
        {
            flag.Set();
        }

        return new Subject(flag, variant) { Owned = [flag] };
    }

    private static Subject Barrier(SharedBarrier barrier, string variant) => new(barrier, variant)
    {
        Owned = [barrier],
        Untouched = () =>
        {
            barrier.Broken.ShouldBeFalse();
            barrier.Waiting.ShouldBe(0);
        },
    };

    private static Subject Condition(SharedCondition condition, string name, bool ready, string variant)
    {
        bool waits = name.StartsWith("Wait", StringComparison.Ordinal);
        if (!waits && !ready)
        {
            condition.Acquire();
        }

        return new Subject(condition, variant)
        {
            Owned = [condition],
            Before = waits ? () => condition.Acquire() : null,
            Arguments = { ["predicate"] = (Func<bool>)(() => ready) },

            // A wait that gave up holds the lock again; any thread may release this one.
            Untouched = waits ? condition.Release : ready ? () => TakenAndGivenBack(condition) : null,
        };
    }

    private static void TakenAndGivenBack(SharedCondition condition)
    {
        condition.Acquire(TimeSpan.Zero).ShouldBeTrue("nobody took it");
        condition.Release();
    }

    private static Subject Value(SynchronizedObject value) => new(value, value.GetType().Name)
    {
        Owned = [value],
        Untouched = () =>
        {
            value.GetLock().Acquire(TimeSpan.Zero).ShouldBeTrue("nobody took its lock");
            value.GetLock().Release();
        },
    };

    private static Subject Dictionary(DictionaryProxy<int, int> proxy) =>
        new(proxy, "a manager's dictionary") { Untouched = () => proxy.GetValue().ShouldBe(new Dictionary<int, int> { [0] = 7 }) };

    private static Subject List(ListProxy<int> proxy) => new(proxy, "a manager's list") { Untouched = () => proxy.GetValue().ShouldBe([7]) };

    private static Subject Set(SetProxy<int> proxy) => new(proxy, "a manager's set") { Untouched = () => proxy.GetValue().ShouldBe([7]) };

    private static Subject Array(ArrayProxy<int> proxy) => new(proxy, "a manager's array") { Untouched = () => proxy.GetValue().ShouldBe([7]) };

    private static Subject ProxyOfValue(ValueProxy<int> proxy) => new(proxy, "a manager's value") { Untouched = () => proxy.Get().ShouldBe(7) };

    private static Subject Namespace(NamespaceProxy proxy) => new(proxy, "a manager's namespace") { Untouched = () => proxy.Get<int>("name").ShouldBe(7) };

    private Subject Custom() => new((Proxy)_custom.Value.Manager.Create("Open"), "an object of a user") { Arguments = { ["name"] = "Twice" } };

    private static Subject Server(bool ready)
    {
        var manager = Mp.Manager();
        if (ready)
        {
            using var server = System.Diagnostics.Process.GetProcessById(manager.Pid);
            server.Kill();
            manager.Join(InChildBound).ShouldBeTrue("a killed server is gone");
        }

        return new Subject(manager, "a manager") { Owned = [manager] };
    }

    private static Subject Child(bool ready)
    {
        var end = Mp.Event();
        var process = Mp.Process(static end => end.Wait(), end);
        process.Start();
        if (ready)
        {
            end.Set();
            process.Join(InChildBound).ShouldBeTrue("the child ends");
        }

        return new Subject(process, "a child") { Owned = [process, end] };
    }

    private static Subject Leaving(bool ready)
    {
        var end = Mp.Event();
        var pool = Mp.Pool(1);
        _ = pool.ApplyAsync(() => end.Wait() ? 1 : 0);
        pool.Close();
        if (ready)
        {
            end.Set();
            pool.Join(InChildBound).ShouldBeTrue("the workers leave");
        }

        return new Subject(pool, "a pool that was closed") { Owned = [pool, end] };
    }

    private Subject LeavingFar(bool ready)
    {
        var end = Mp.Event();
        var pool = _manager.Value.Pool(1);
        _ = pool.ApplyAsync(() => end.Wait() ? 1 : 0);
        pool.Close();
        if (ready)
        {
            end.Set();
            pool.Join(InChildBound).ShouldBeTrue("the workers leave");
        }

        return new Subject(pool, "a pool in a manager that was closed") { Owned = [new Last(end.Set), pool, end] };
    }

    private Subject Result(bool ready)
    {
        var end = Mp.Event();

        // Not captured: the lambdas below capture the result, and all of a method's share one object, which would be sent.
        var result = _pool.Value.ApplyAsync(static end => end.Wait() ? 1 : 0, end);
        if (ready)
        {
            end.Set();
            result.Wait(InChildBound).ShouldBeTrue("the task ends");
        }

        return new Subject(result, "a result") { Owned = [new Last(end.Set), new Last(() => result.Wait(InChildBound)), end] };
    }

    private Subject Results(string name, bool ready)
    {
        var end = Mp.Event();
        var progress = new Counted();
        var results = _pool.Value.Imap(x => end.Wait() ? x : 0, [7], progress: progress);
        if (ready)
        {
            // The first step gives the inputs in.
            Should.Throw<MultiprocTimeoutException>(() => results.Next(TimeSpan.Zero));
            end.Set();
            Await.Until("the result of the Imap is there", () => progress.Done == 1);
        }

        return new Subject(results, "results of an Imap")
        {
            Owned = [new Last(end.Set), results, end],

            // An asynchronous enumeration that was cancelled has ended, and its results with it.
            Untouched = ready && name.StartsWith("Next", StringComparison.Ordinal) ? () => results.Next(InChildBound).ShouldBe(7) : null,
        };
    }

    private static Subject Among(bool ready)
    {
        var (first, second) = Mp.Pipe();
        if (ready)
        {
            second.Send(1);
        }

        return new Subject(null, "connections") { Owned = [first, second], Arguments = { ["objects"] = new object[] { first } } };
    }

    private static Subject Piping()
    {
        var queue = Mp.Queue<int>();
        queue.Put(1);
        return new Subject(null, "a queue with an item, and nobody")
        {
            Owned = [queue],
            Arguments = { ["queue"] = queue, ["source"] = AsyncEnumerable.Repeat(1, 1), ["actor"] = Akka.Actor.ActorRefs.Nobody },
            Untouched = () => queue.QSize().ShouldBe(1),
        };
    }

    private static Subject Pipe(string name, bool ready)
    {
        var (first, second) = Mp.Pipe();
        return Connected(first, second, name, ready, "a pipe");
    }

    private static Subject Socket(string name, bool ready)
    {
        using var listener = new Listener(NewPath());
        var second = Client.Connect(listener.Address);
        return Connected(listener.Accept(InChildBound), second, name, ready, "a connection over a socket");
    }

    private static Subject Connected(Connection first, Connection second, string name, bool ready, string variant)
    {
        bool sends = name.StartsWith("Send", StringComparison.Ordinal);
        if (ready && !sends)
        {
            if (name == "Recv")
            {
                second.Send(1);
            }
            else
            {
                second.SendBytes<byte>([1, 2, 3]);
            }
        }

        return new Subject(first, variant)
        {
            Owned = [first, second],
            Untouched = sends ? () => second.Poll().ShouldBeFalse("nothing was sent") : () => first.Poll(TimeSpan.Zero).ShouldBe(ready),
        };
    }

    private static Subject Listening(bool ready)
    {
        var listener = new Listener(NewPath());
        var client = ready ? Client.Connect(listener.Address) : null;
        return new Subject(listener, "a listener") { Owned = [listener, client], Untouched = () => listener.LastAccepted.ShouldBeNull("nobody was taken in") };
    }

    private static Subject Connecting(BoundedMethod method)
    {
        var listener = method.Definition.GetParameters()[0].ParameterType == typeof(string)
            ? new Listener(NewPath())
            : new Listener(new IPEndPoint(IPAddress.Loopback, 0));
        int port = listener.Address.Contains(':', StringComparison.Ordinal) && int.TryParse(listener.Address.Split(':')[^1], out int number) ? number : 0;
        return new Subject(null, "a listener that waits")
        {
            Owned = [listener],
            Arguments =
            {
                ["address"] = method.Definition.GetParameters()[0].ParameterType == typeof(string) ? listener.Address : ("127.0.0.1", port),
                ["endpoint"] = new IPEndPoint(IPAddress.Loopback, port),
            },
        };
    }

    private static Subject Proving()
    {
        var (first, second) = Mp.Pipe();
        return new Subject(first, "a pipe")
        {
            Owned = [first, second], Arguments = { ["connection"] = first }, Untouched = () => second.Poll().ShouldBeFalse("nothing was sent"),
        };
    }

    private void PoolGoesOn() => _pool.Value.Apply(static x => x + 1, 1).ShouldBe(2);

    private static TimeSpan InChildBound => Support.InChild.Bound;

    private sealed class Counted : IProgress<PoolProgress>
    {
        private long _done;

        public long Done => Volatile.Read(ref _done);

        public void Report(PoolProgress value) => Volatile.Write(ref _done, value.Done);
    }

    private sealed class Last(Action action) : IDisposable
    {
        public void Dispose() => action();
    }
}
