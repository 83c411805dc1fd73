using Multiproc.Managers;

namespace Multiproc;

/// <content>The shared objects that live in this process.</content>
public sealed partial class MultiprocContext
{
    private static readonly ObjectFactory s_objects = OwnObjects.Factory;

    /// <summary>Creates a queue that lives in this process.</summary>
    /// <typeparam name="T">The type of the items; anything that can be sent.</typeparam>
    /// <param name="maxSize">The maximum number of items; zero (the default) or less for no maximum.</param>
    /// <returns>The queue. It can be sent to other processes.</returns>
    public SharedQueue<T> Queue<T>(int maxSize = 0) =>
        s_objects.Queue<T>(maxSize);

    /// <summary>Creates a queue that lives in this process.</summary>
    /// <typeparam name="T">The type of the items; anything that can be sent.</typeparam>
    /// <param name="options">The settings of the queue.</param>
    /// <returns>The queue. It can be sent to other processes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
    public SharedQueue<T> Queue<T>(SharedQueueOptions options) =>
        s_objects.Queue<T>(options);

    /// <summary>Creates a queue that lives in this process and can be joined: <c>TaskDone</c> acknowledges an item, <c>Join</c> waits for all.</summary>
    /// <typeparam name="T">The type of the items; anything that can be sent.</typeparam>
    /// <param name="maxSize">The maximum number of items; zero (the default) or less for no maximum.</param>
    /// <returns>The queue. It can be sent to other processes.</returns>
    public SharedJoinableQueue<T> JoinableQueue<T>(int maxSize = 0) =>
        s_objects.JoinableQueue<T>(maxSize);

    /// <summary>Creates a queue that lives in this process and can be joined: <c>TaskDone</c> acknowledges an item, <c>Join</c> waits for all.</summary>
    /// <typeparam name="T">The type of the items; anything that can be sent.</typeparam>
    /// <param name="options">The settings of the queue.</param>
    /// <returns>The queue. It can be sent to other processes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
    public SharedJoinableQueue<T> JoinableQueue<T>(SharedQueueOptions options) =>
        s_objects.JoinableQueue<T>(options);

    /// <summary>Creates a queue that lives in this process and has only Put, Get and Empty.</summary>
    /// <typeparam name="T">The type of the items; anything that can be sent.</typeparam>
    /// <returns>The queue. It can be sent to other processes.</returns>
    public SharedSimpleQueue<T> SimpleQueue<T>() =>
        s_objects.SimpleQueue<T>();

    /// <summary>Creates a lock that lives in this process.</summary>
    /// <returns>The lock. It can be sent to other processes.</returns>
    /// <exception cref="MultiprocException">The system has no shared memory left.</exception>
    public SharedLock Lock() =>
        s_objects.Lock();

    /// <summary>Creates a recursive lock that lives in this process.</summary>
    /// <returns>The lock. It can be sent to other processes.</returns>
    /// <exception cref="MultiprocException">The system has no shared memory left.</exception>
    public SharedRLock RLock() =>
        s_objects.RLock();

    /// <summary>Creates a semaphore that lives in this process.</summary>
    /// <param name="value">The initial number of permits; default 1, at most 16,777,215.</param>
    /// <returns>The semaphore. It can be sent to other processes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or too large.</exception>
    /// <exception cref="MultiprocException">The system has no shared memory left.</exception>
    public SharedSemaphore Semaphore(int value = 1) =>
        s_objects.Semaphore(value);

    /// <summary>Creates a semaphore that lives in this process and never has more permits than its initial number.</summary>
    /// <param name="value">The initial and largest number of permits; default 1, at most 16,777,215.</param>
    /// <returns>The semaphore. It can be sent to other processes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or too large.</exception>
    /// <exception cref="MultiprocException">The system has no shared memory left.</exception>
    public SharedBoundedSemaphore BoundedSemaphore(int value = 1) =>
        s_objects.BoundedSemaphore(value);

    /// <summary>Creates a condition that lives in this process.</summary>
    /// <param name="lock">
    /// The lock; null (the default) creates a recursive one. Conditions may share a lock. The asynchronous waits need a <see cref="SharedLock"/>.
    /// </param>
    /// <returns>The condition. It can be sent to other processes.</returns>
    /// <exception cref="MultiprocException">The system has no shared memory left.</exception>
    public SharedCondition Condition(SharedLockBase? @lock = null) =>
        s_objects.Condition(@lock);

    /// <summary>Creates a barrier that lives in this process.</summary>
    /// <param name="parties">The number of parties that must arrive before all of them go on.</param>
    /// <param name="action">
    /// Run by the last party to arrive in each round, in its process, before any party goes on; must be something that can be sent. Null (the default) for
    /// nothing.
    /// </param>
    /// <param name="timeout">How long a party waits unless it gives a timeout of its own; null (the default) for ever.</param>
    /// <returns>The barrier. It can be sent to other processes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The number of parties is not positive.</exception>
    /// <exception cref="MultiprocException">The system has no shared memory left.</exception>
    public SharedBarrier Barrier(int parties, Action? action = null, TimeSpan? timeout = null) =>
        s_objects.Barrier(parties, action, timeout);

    /// <summary>Creates an event that lives in this process, initially not set.</summary>
    /// <returns>The event. It can be sent to other processes.</returns>
    /// <exception cref="MultiprocException">The system has no shared memory left.</exception>
    public SharedEvent Event() =>
        s_objects.Event();

    /// <summary>Creates a dictionary that lives in this process. Other processes read and change it by messages to this one.</summary>
    /// <typeparam name="TKey">The type of the keys; keys are equal if their serialized forms are.</typeparam>
    /// <typeparam name="TValue">The type of the values; anything that can be sent.</typeparam>
    /// <param name="entries">The initial entries; none by default.</param>
    /// <returns>A proxy of the dictionary. It can be sent to other processes; disposing it in this process ends the dictionary.</returns>
    /// <exception cref="ArgumentNullException">A key is null.</exception>
    public DictionaryProxy<TKey, TValue> Dictionary<TKey, TValue>(IEnumerable<KeyValuePair<TKey, TValue>>? entries = null)
        where TKey : notnull =>
        s_objects.Dictionary(entries);

    /// <summary>Creates a list that lives in this process. Other processes read and change it by messages to this one.</summary>
    /// <typeparam name="T">The type of the items; anything that can be sent.</typeparam>
    /// <param name="items">The initial items; none by default.</param>
    /// <returns>A proxy of the list. It can be sent to other processes; disposing it in this process ends the list.</returns>
    public ListProxy<T> List<T>(IEnumerable<T>? items = null) =>
        s_objects.List(items);

    /// <summary>Creates a set that lives in this process. Other processes read and change it by messages to this one.</summary>
    /// <typeparam name="T">The type of the items; items are equal if their serialized forms are.</typeparam>
    /// <param name="items">The initial items; none by default.</param>
    /// <returns>A proxy of the set. It can be sent to other processes; disposing it in this process ends the set.</returns>
    public SetProxy<T> Set<T>(IEnumerable<T>? items = null) =>
        s_objects.Set(items);

    /// <summary>Creates a namespace that lives in this process: named values, used as attributes of a <c>dynamic</c>.</summary>
    /// <param name="attributes">The initial attributes; none by default.</param>
    /// <returns>A proxy of the namespace. It can be sent to other processes; disposing it in this process ends the namespace.</returns>
    public NamespaceProxy Namespace(IEnumerable<KeyValuePair<string, object?>>? attributes = null) =>
        s_objects.Namespace(attributes);

    ValueProxy<T> IObjectSpace.Value<T>(T value) => s_objects.Value(value);

    ArrayProxy<T> IObjectSpace.Array<T>(IEnumerable<T> items) => s_objects.Array(items);

    ArrayProxy<T> IObjectSpace.Array<T>(int length) => s_objects.Array<T>(length);
}
