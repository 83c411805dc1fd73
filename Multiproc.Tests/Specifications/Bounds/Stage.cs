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

    private static TimeSpan InChildBound => Support.InChild.Bound;
}
