namespace Multiproc;

/// <summary>
/// Creates shared objects in one place: in this process (<see cref="MultiprocContext"/>), in a manager (<see cref="SyncManager"/>), or in a cluster (package
/// Multiproc.Cluster). Code that takes a space works with the objects of each.
/// </summary>
/// <remarks>
/// The objects behave alike in every space; what differs is how long they live. An object of this process ends with its process, or when it is disposed
/// there. An object of a manager ends when no process refers to it any more, or with the manager. One of a cluster ends when it is deleted. All creating
/// methods of a manager throw
/// <see cref="ConnectionLostException"/> when its process is gone, and <see cref="ObjectDisposedException"/> after its shutdown. The library implements this
/// interface; a later version may add members.
/// </remarks>
/// <example>
/// <code>
/// static long CountWords(IObjectSpace space, string text)
/// {
///     var counts = space.Dictionary&lt;string, long&gt;();
///     using var pool = Mp.Pool();
///     pool.Map(word => counts.Increment(word), text.Split(' '));
///     return counts.Count;
/// }
///
/// CountWords(Mp.GetContext(), text);            // the dictionary lives in this process
/// using var manager = Mp.Manager();
/// CountWords(manager, text);                    // the dictionary lives in the manager
/// </code>
/// </example>
public partial interface IObjectSpace
{
    /// <summary>Creates a queue.</summary>
    /// <typeparam name="T">The type of the items: any sendable type.</typeparam>
    /// <param name="maxSize">The maximum number of items; zero (the default) or less means unbounded.</param>
    /// <returns>The queue. It can be sent to other processes.</returns>
    SharedQueue<T> Queue<T>(int maxSize = 0);

    /// <summary>Creates a queue.</summary>
    /// <typeparam name="T">The type of the items: any sendable type.</typeparam>
    /// <param name="options">The options of the queue.</param>
    /// <returns>The queue. It can be sent to other processes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    SharedQueue<T> Queue<T>(SharedQueueOptions options);

    /// <summary>Creates a queue that can be joined: <c>TaskDone</c> acknowledges an item, <c>Join</c> waits for all.</summary>
    /// <typeparam name="T">The type of the items: any sendable type.</typeparam>
    /// <param name="maxSize">The maximum number of items; zero (the default) or less means unbounded.</param>
    /// <returns>The queue. It can be sent to other processes.</returns>
    SharedJoinableQueue<T> JoinableQueue<T>(int maxSize = 0);

    /// <summary>Creates a queue that can be joined: <c>TaskDone</c> acknowledges an item, <c>Join</c> waits for all.</summary>
    /// <typeparam name="T">The type of the items: any sendable type.</typeparam>
    /// <param name="options">The options of the queue.</param>
    /// <returns>The queue. It can be sent to other processes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    SharedJoinableQueue<T> JoinableQueue<T>(SharedQueueOptions options);

    /// <summary>Creates an unbounded queue that has only Put, Get and Empty.</summary>
    /// <typeparam name="T">The type of the items: any sendable type.</typeparam>
    /// <returns>The queue. It can be sent to other processes.</returns>
    SharedSimpleQueue<T> SimpleQueue<T>();

    /// <summary>Creates a lock, not held.</summary>
    /// <returns>The lock. It can be sent to other processes.</returns>
    SharedLock Lock();

    /// <summary>Creates a recursive lock, not held.</summary>
    /// <returns>The lock. It can be sent to other processes.</returns>
    SharedRLock RLock();

    /// <summary>Creates a lock for readers and writers, not held.</summary>
    /// <returns>The lock. It can be sent to other processes.</returns>
    SharedReadWriteLock ReadWriteLock();

    /// <summary>Creates a countdown.</summary>
    /// <param name="initialCount">The number of signals after which those that wait go on; not negative.</param>
    /// <returns>The countdown. It can be sent to other processes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative.</exception>
    SharedCountdown Countdown(int initialCount);

    /// <summary>Creates a semaphore.</summary>
    /// <param name="value">The initial number of permits; default 1, at most 16,777,215.</param>
    /// <returns>The semaphore. It can be sent to other processes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or too large.</exception>
    SharedSemaphore Semaphore(int value = 1);

    /// <summary>Creates a semaphore that never has more permits than its initial number.</summary>
    /// <param name="value">The initial and largest number of permits; default 1, at most 16,777,215.</param>
    /// <returns>The semaphore. It can be sent to other processes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or too large.</exception>
    SharedBoundedSemaphore BoundedSemaphore(int value = 1);

    /// <summary>Creates a condition variable.</summary>
    /// <param name="lock">
    /// The lock; null (the default) creates a recursive one. Conditions may share a lock. The asynchronous waits need a <see cref="SharedLock"/>.
    /// </param>
    /// <returns>The condition. It can be sent to other processes.</returns>
    SharedCondition Condition(SharedLockBase? @lock = null);

    /// <summary>Creates a barrier.</summary>
    /// <param name="parties">The number of parties that must arrive before all of them go on; at least one.</param>
    /// <param name="action">
    /// Run by the last party to arrive in each round, in its process, before any party goes on; it must be sendable. Null (the default) runs nothing.
    /// </param>
    /// <param name="timeout">How long a party waits unless it gives a timeout of its own; null (the default) waits indefinitely.</param>
    /// <returns>The barrier. It can be sent to other processes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The number of parties is less than one.</exception>
    SharedBarrier Barrier(int parties, Action? action = null, TimeSpan? timeout = null);

    /// <summary>Creates an event, not set.</summary>
    /// <returns>The event. It can be sent to other processes.</returns>
    SharedEvent Event();

    /// <summary>Creates a value that is read and changed by messages. A number within one machine is faster in mapped memory: <c>Mp.Value</c>.</summary>
    /// <typeparam name="T">The type of the value: any sendable type.</typeparam>
    /// <param name="value">The initial value.</param>
    /// <returns>A proxy of the value. It can be sent to other processes.</returns>
    ValueProxy<T> Value<T>(T value);

    /// <summary>
    /// Creates an array that is read and changed by messages, with copies of the given items. Numbers within one machine are faster in mapped memory:
    /// <c>Mp.Array</c>.
    /// </summary>
    /// <typeparam name="T">The type of the items: any sendable type.</typeparam>
    /// <param name="items">The items; copied.</param>
    /// <returns>A proxy of the array. It can be sent to other processes.</returns>
    ArrayProxy<T> Array<T>(IEnumerable<T> items);

    /// <summary>
    /// Creates an array of default values that is read and changed by messages. Numbers within one machine are faster in mapped memory: <c>Mp.Array</c>.
    /// </summary>
    /// <typeparam name="T">The type of the items: any sendable type.</typeparam>
    /// <param name="length">The number of items.</param>
    /// <returns>A proxy of the array. It can be sent to other processes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative.</exception>
    ArrayProxy<T> Array<T>(int length);

    /// <summary>Creates a dictionary.</summary>
    /// <typeparam name="TKey">The type of the keys; keys are equal if their serialized forms are.</typeparam>
    /// <typeparam name="TValue">The type of the values: any sendable type.</typeparam>
    /// <param name="entries">The initial entries; none by default.</param>
    /// <returns>A proxy of the dictionary. It can be sent to other processes.</returns>
    /// <exception cref="ArgumentNullException">A key is null.</exception>
    DictionaryProxy<TKey, TValue> Dictionary<TKey, TValue>(IEnumerable<KeyValuePair<TKey, TValue>>? entries = null)
        where TKey : notnull;

    /// <summary>Creates a list.</summary>
    /// <typeparam name="T">The type of the items: any sendable type.</typeparam>
    /// <param name="items">The initial items; none by default.</param>
    /// <returns>A proxy of the list. It can be sent to other processes.</returns>
    ListProxy<T> List<T>(IEnumerable<T>? items = null);

    /// <summary>Creates a set.</summary>
    /// <typeparam name="T">The type of the items; items are equal if their serialized forms are.</typeparam>
    /// <param name="items">The initial items; none by default.</param>
    /// <returns>A proxy of the set. It can be sent to other processes.</returns>
    SetProxy<T> Set<T>(IEnumerable<T>? items = null);

    /// <summary>Creates a namespace: named values, used as attributes of a <c>dynamic</c>.</summary>
    /// <param name="attributes">The initial attributes; none by default.</param>
    /// <returns>A proxy of the namespace. It can be sent to other processes.</returns>
    NamespaceProxy Namespace(IEnumerable<KeyValuePair<string, object?>>? attributes = null);
}
