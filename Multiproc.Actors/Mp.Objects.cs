namespace Multiproc;

/// <content>The shared objects that live in this process.</content>
public static partial class Mp
{
    /// <inheritdoc cref="MultiprocContext.Queue{T}(int)"/>
    public static SharedQueue<T> Queue<T>(int maxSize = 0) =>
        Default.Queue<T>(maxSize);

    /// <inheritdoc cref="MultiprocContext.Queue{T}(SharedQueueOptions)"/>
    public static SharedQueue<T> Queue<T>(SharedQueueOptions options) =>
        Default.Queue<T>(options);

    /// <inheritdoc cref="MultiprocContext.JoinableQueue{T}(int)"/>
    public static SharedJoinableQueue<T> JoinableQueue<T>(int maxSize = 0) =>
        Default.JoinableQueue<T>(maxSize);

    /// <inheritdoc cref="MultiprocContext.JoinableQueue{T}(SharedQueueOptions)"/>
    public static SharedJoinableQueue<T> JoinableQueue<T>(SharedQueueOptions options) =>
        Default.JoinableQueue<T>(options);

    /// <inheritdoc cref="MultiprocContext.SimpleQueue{T}()"/>
    public static SharedSimpleQueue<T> SimpleQueue<T>() =>
        Default.SimpleQueue<T>();

    /// <inheritdoc cref="MultiprocContext.Lock()"/>
    public static SharedLock Lock() =>
        Default.Lock();

    /// <inheritdoc cref="MultiprocContext.RLock()"/>
    public static SharedRLock RLock() =>
        Default.RLock();

    /// <inheritdoc cref="MultiprocContext.Semaphore(int)"/>
    public static SharedSemaphore Semaphore(int value = 1) =>
        Default.Semaphore(value);

    /// <inheritdoc cref="MultiprocContext.BoundedSemaphore(int)"/>
    public static SharedBoundedSemaphore BoundedSemaphore(int value = 1) =>
        Default.BoundedSemaphore(value);

    /// <inheritdoc cref="MultiprocContext.Condition(SharedLockBase?)"/>
    public static SharedCondition Condition(SharedLockBase? @lock = null) =>
        Default.Condition(@lock);

    /// <inheritdoc cref="MultiprocContext.Barrier(int, Action?, TimeSpan?)"/>
    public static SharedBarrier Barrier(int parties, Action? action = null, TimeSpan? timeout = null) =>
        Default.Barrier(parties, action, timeout);

    /// <inheritdoc cref="MultiprocContext.Event()"/>
    public static SharedEvent Event() =>
        Default.Event();

    /// <inheritdoc cref="MultiprocContext.Dictionary{TKey, TValue}(IEnumerable{KeyValuePair{TKey, TValue}}?)"/>
    public static DictionaryProxy<TKey, TValue> Dictionary<TKey, TValue>(IEnumerable<KeyValuePair<TKey, TValue>>? entries = null)
        where TKey : notnull =>
        Default.Dictionary(entries);

    /// <inheritdoc cref="MultiprocContext.List{T}(IEnumerable{T}?)"/>
    public static ListProxy<T> List<T>(IEnumerable<T>? items = null) =>
        Default.List(items);

    /// <inheritdoc cref="MultiprocContext.Set{T}(IEnumerable{T}?)"/>
    public static SetProxy<T> Set<T>(IEnumerable<T>? items = null) =>
        Default.Set(items);

    /// <inheritdoc cref="MultiprocContext.Namespace(IEnumerable{KeyValuePair{string, object}})"/>
    public static NamespaceProxy Namespace(IEnumerable<KeyValuePair<string, object?>>? attributes = null) =>
        Default.Namespace(attributes);
}
