using System.ComponentModel;
using Multiproc.Objects;

namespace Multiproc;

/// <content>The objects that a manager creates. All of these methods throw <see cref="ConnectionLostException"/> when its process is gone, and
/// <see cref="ObjectDisposedException"/> after its shutdown.</content>
public partial class SyncManager
{
    /// <summary>Creates a dictionary in the manager.</summary>
    /// <typeparam name="TKey">The type of the keys; keys are equal if their serialized forms are.</typeparam>
    /// <typeparam name="TValue">The type of the values.</typeparam>
    /// <param name="entries">The initial entries; none by default.</param>
    /// <returns>A proxy that can be sent to other processes.</returns>
    /// <exception cref="ArgumentNullException">A key is null.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    /// <exception cref="ObjectDisposedException">The manager was shut down.</exception>
    public DictionaryProxy<TKey, TValue> Dictionary<TKey, TValue>(IEnumerable<KeyValuePair<TKey, TValue>>? entries = null)
        where TKey : notnull =>
        _objects.Dictionary(entries);

    /// <summary>Creates a list in the manager.</summary>
    /// <typeparam name="T">The type of the items: any sendable type, including proxies.</typeparam>
    /// <param name="items">The initial items; none by default.</param>
    /// <returns>A proxy that can be sent to other processes.</returns>
    public ListProxy<T> List<T>(IEnumerable<T>? items = null) => _objects.List(items);

    /// <summary>Creates a set in the manager.</summary>
    /// <typeparam name="T">The type of the items; items are equal if their serialized forms are.</typeparam>
    /// <param name="items">The initial items; none by default.</param>
    /// <returns>A proxy that can be sent to other processes.</returns>
    public SetProxy<T> Set<T>(IEnumerable<T>? items = null) => _objects.Set(items);

    /// <summary>Creates a namespace in the manager: named values, used as attributes of a <c>dynamic</c>.</summary>
    /// <param name="attributes">The initial attributes; none by default.</param>
    /// <returns>A proxy that can be sent to other processes.</returns>
    public NamespaceProxy Namespace(IEnumerable<KeyValuePair<string, object?>>? attributes = null) => _objects.Namespace(attributes);

    /// <summary>
    /// Creates a single value in the manager. For numbers that are read often, <see cref="Mp.Value{T}(T, bool)"/> is faster: it lives in shared memory.
    /// </summary>
    /// <typeparam name="T">The type of the value: any sendable type.</typeparam>
    /// <param name="value">The initial value.</param>
    /// <returns>A proxy that can be sent to other processes.</returns>
    public ValueProxy<T> Value<T>(T value) => _objects.Value(value);

    /// <summary>Creates a single value in the manager, with a Python typecode: <c>manager.Value('d', 0.0)</c>.</summary>
    /// <typeparam name="T">The type that the typecode stands for.</typeparam>
    /// <param name="typecode">One of Python's: c u b B h H i I l L q Q f d, and ? for bool.</param>
    /// <param name="value">The initial value.</param>
    /// <returns>A proxy that can be sent to other processes.</returns>
    /// <exception cref="ArgumentException">The typecode is unknown, or stands for another type.</exception>
    public ValueProxy<T> Value<T>(char typecode, T value)
    {
        Typecode.Require<T>(typecode);
        return Value<T>(value);
    }

    /// <summary>Not usable: Python's <c>manager.Value</c> takes a typecode and a value. Calls do not compile.</summary>
    /// <param name="typecode">A typecode.</param>
    /// <returns>Nothing; always throws.</returns>
    /// <exception cref="NotSupportedException">Always.</exception>
    [Obsolete(Typecode.NeedsValue, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public ValueProxy<char> Value(char typecode) => throw new NotSupportedException(Typecode.NeedsValue);

    /// <summary>Creates an array in the manager, with copies of the given items.</summary>
    /// <typeparam name="T">The type of the items: any sendable type.</typeparam>
    /// <param name="items">The items, which are copied.</param>
    /// <returns>A proxy that can be sent to other processes.</returns>
    public ArrayProxy<T> Array<T>(IEnumerable<T> items) => _objects.Array(items);

    /// <summary>Creates an array of default values in the manager.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="length">The number of items.</param>
    /// <returns>A proxy that can be sent to other processes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative.</exception>
    public ArrayProxy<T> Array<T>(int length) => _objects.Array<T>(length);

    /// <summary>Creates an array in the manager, with copies of the given items and a Python typecode: <c>manager.Array('i', [1, 2, 3])</c>.</summary>
    /// <typeparam name="T">The type that the typecode stands for.</typeparam>
    /// <param name="typecode">One of Python's: c u b B h H i I l L q Q f d, and ? for bool.</param>
    /// <param name="items">The items, which are copied.</param>
    /// <returns>A proxy that can be sent to other processes.</returns>
    /// <exception cref="ArgumentException">The typecode is unknown, or stands for another type.</exception>
    public ArrayProxy<T> Array<T>(char typecode, IEnumerable<T> items)
    {
        Typecode.Require<T>(typecode);
        return Array(items);
    }

    /// <summary>Not usable: Python's <c>manager.Array</c> takes a typecode and the items. Calls do not compile.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="typecode">A typecode.</param>
    /// <returns>Nothing; always throws.</returns>
    /// <exception cref="NotSupportedException">Always.</exception>
    [Obsolete(Typecode.NeedsItems, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public ArrayProxy<T> Array<T>(char typecode) => throw new NotSupportedException(Typecode.NeedsItems);

    /// <summary>Creates a queue in the manager.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="maxSize">The maximum number of items; zero (the default) or less means unbounded.</param>
    /// <returns>A proxy that can be sent to other processes.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    /// <exception cref="ObjectDisposedException">The manager was shut down.</exception>
    public SharedQueue<T> Queue<T>(int maxSize = 0) => _objects.Queue<T>(maxSize);

    /// <summary>Creates a queue in the manager.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="options">The options of the queue.</param>
    /// <returns>A proxy that can be sent to other processes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    /// <exception cref="ObjectDisposedException">The manager was shut down.</exception>
    public SharedQueue<T> Queue<T>(SharedQueueOptions options) => _objects.Queue<T>(options);

    /// <summary>Creates a joinable queue in the manager.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="maxSize">The maximum number of items; zero (the default) or less means unbounded.</param>
    /// <returns>A proxy that can be sent to other processes.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    /// <exception cref="ObjectDisposedException">The manager was shut down.</exception>
    public SharedJoinableQueue<T> JoinableQueue<T>(int maxSize = 0) => _objects.JoinableQueue<T>(maxSize);

    /// <summary>Creates a joinable queue in the manager.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="options">The options of the queue.</param>
    /// <returns>A proxy that can be sent to other processes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    /// <exception cref="ObjectDisposedException">The manager was shut down.</exception>
    public SharedJoinableQueue<T> JoinableQueue<T>(SharedQueueOptions options) => _objects.JoinableQueue<T>(options);

    /// <summary>Creates a queue in the manager that is unbounded and has only Put, Get and Empty.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <returns>A proxy that can be sent to other processes.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    /// <exception cref="ObjectDisposedException">The manager was shut down.</exception>
    public SharedSimpleQueue<T> SimpleQueue<T>() => _objects.SimpleQueue<T>();

    /// <summary>Creates a lock in the manager. On this machine it is acquired in shared memory, as fast as a lock made by <c>Mp.Lock</c>.</summary>
    /// <returns>A proxy that can be sent to other processes.</returns>
    public SharedLock Lock() => _objects.Lock();

    /// <summary>Creates a recursive lock in the manager.</summary>
    /// <returns>A proxy that can be sent to other processes.</returns>
    public SharedRLock RLock() => _objects.RLock();

    /// <summary>Creates a lock for readers and writers in the manager. On this machine reading is as fast as with one of <c>Mp.ReadWriteLock</c>.</summary>
    /// <returns>A proxy that can be sent to other processes.</returns>
    public SharedReadWriteLock ReadWriteLock() => _objects.ReadWriteLock();

    /// <summary>Creates a countdown in the manager.</summary>
    /// <param name="initialCount">The number of signals after which those that wait go on; not negative.</param>
    /// <returns>A proxy that can be sent to other processes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative.</exception>
    public SharedCountdown Countdown(int initialCount) => _objects.Countdown(initialCount);

    /// <summary>Creates a semaphore in the manager.</summary>
    /// <param name="value">The initial number of permits; default 1.</param>
    /// <returns>A proxy that can be sent to other processes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or too large.</exception>
    public SharedSemaphore Semaphore(int value = 1) => _objects.Semaphore(value);

    /// <summary>Creates a semaphore in the manager whose number of permits cannot exceed the initial one.</summary>
    /// <param name="value">The initial number of permits; default 1.</param>
    /// <returns>A proxy that can be sent to other processes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or too large.</exception>
    public SharedBoundedSemaphore BoundedSemaphore(int value = 1) => _objects.BoundedSemaphore(value);

    /// <summary>Creates a condition variable in the manager.</summary>
    /// <param name="lock">The lock of the condition; null (the default) creates a recursive lock.</param>
    /// <returns>A proxy that can be sent to other processes.</returns>
    public SharedCondition Condition(SharedLockBase? @lock = null) => _objects.Condition(@lock);

    /// <summary>Creates a barrier in the manager.</summary>
    /// <param name="parties">The number of parties that must arrive; at least one.</param>
    /// <param name="action">Called by one of the arriving parties before any of them continues; it must be sendable. Null (the default) calls nothing.</param>
    /// <param name="timeout">The default timeout of a wait; null (the default) waits indefinitely.</param>
    /// <returns>A proxy that can be sent to other processes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The number of parties is less than one.</exception>
    public SharedBarrier Barrier(int parties, Action? action = null, TimeSpan? timeout = null) => _objects.Barrier(parties, action, timeout);

    /// <summary>Creates an event in the manager, initially not set.</summary>
    /// <returns>A proxy that can be sent to other processes.</returns>
    public SharedEvent Event() => _objects.Event();
}
