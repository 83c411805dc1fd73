using Multiproc.Cluster.Sessions;
using Multiproc.Managers;

namespace Multiproc;

/// <content>
/// Objects without a name of the user's own: what code that takes an <see cref="IObjectSpace"/> makes. They have names that nothing else has.
/// </content>
public sealed partial class ClusterContext
{
    private ObjectFactory Unnamed => new(
        (type, options) => Open(new ObjectSpec($"unnamed/{Guid.NewGuid():N}", type.Tag, $"unnamed {type.Name}", options), type),
        outliveProcesses: true);

    SharedQueue<T> IObjectSpace.Queue<T>(int maxSize) => Unnamed.Queue<T>(maxSize);

    SharedQueue<T> IObjectSpace.Queue<T>(SharedQueueOptions options) => Unnamed.Queue<T>(options);

    SharedJoinableQueue<T> IObjectSpace.JoinableQueue<T>(int maxSize) => Unnamed.JoinableQueue<T>(maxSize);

    SharedJoinableQueue<T> IObjectSpace.JoinableQueue<T>(SharedQueueOptions options) => Unnamed.JoinableQueue<T>(options);

    SharedSimpleQueue<T> IObjectSpace.SimpleQueue<T>() => Unnamed.SimpleQueue<T>();

    SharedLock IObjectSpace.Lock() => Unnamed.Lock();

    SharedRLock IObjectSpace.RLock() => Unnamed.RLock();

    SharedReadWriteLock IObjectSpace.ReadWriteLock() => Unnamed.ReadWriteLock();

    SharedCountdown IObjectSpace.Countdown(int initialCount) => Unnamed.Countdown(initialCount);

    SharedSemaphore IObjectSpace.Semaphore(int value) => Unnamed.Semaphore(value);

    SharedBoundedSemaphore IObjectSpace.BoundedSemaphore(int value) => Unnamed.BoundedSemaphore(value);

    SharedCondition IObjectSpace.Condition(SharedLockBase? @lock) => Unnamed.Condition(@lock);

    SharedBarrier IObjectSpace.Barrier(int parties, Action? action, TimeSpan? timeout) => Unnamed.Barrier(parties, action, timeout);

    SharedEvent IObjectSpace.Event() => Unnamed.Event();

    ValueProxy<T> IObjectSpace.Value<T>(T value) => Unnamed.Value<T>(value);

    ArrayProxy<T> IObjectSpace.Array<T>(IEnumerable<T> items) => Unnamed.Array<T>(items);

    ArrayProxy<T> IObjectSpace.Array<T>(int length) => Unnamed.Array<T>(length);

    DictionaryProxy<TKey, TValue> IObjectSpace.Dictionary<TKey, TValue>(IEnumerable<KeyValuePair<TKey, TValue>>? entries) =>
        Unnamed.Dictionary<TKey, TValue>(entries);

    ListProxy<T> IObjectSpace.List<T>(IEnumerable<T>? items) => Unnamed.List<T>(items);

    SetProxy<T> IObjectSpace.Set<T>(IEnumerable<T>? items) => Unnamed.Set<T>(items);

    NamespaceProxy IObjectSpace.Namespace(IEnumerable<KeyValuePair<string, object?>>? attributes) => Unnamed.Namespace(attributes);
}
