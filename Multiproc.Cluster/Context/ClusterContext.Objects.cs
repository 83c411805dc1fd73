using Multiproc.Cluster.Gateways;
using Multiproc.Cluster.Recorded;

namespace Multiproc;

/// <content>The objects by name.</content>
public sealed partial class ClusterContext
{
    /// <summary>Opens a queue; creates it if there is none of this name. The order is that of acknowledgement.</summary>
    /// <typeparam name="T">The type of the items; any type that can be sent to another process.</typeparam>
    /// <param name="name">The name in the cluster, of 1 to 1,024 characters.</param>
    /// <param name="maxSize">The capacity; 0 (the default) is unbounded.</param>
    /// <param name="options">How the object is kept; null (the default) is in the journal, for good.</param>
    /// <returns>The queue.</returns>
    /// <exception cref="ArgumentException">The name is empty, too long, or no text; or an option is out of its range.</exception>
    /// <exception cref="NameConflictException">The name is that of another kind of object.</exception>
    /// <exception cref="MultiprocTimeoutException">The cluster did not open it within <see cref="ClusterOptions.Timeout"/>.</exception>
    /// <exception cref="ConnectionLostException">This node is no longer in the cluster.</exception>
    public SharedQueue<T> Queue<T>(string name, int maxSize = 0, ClusterObjectOptions? options = null) =>
        Queue<T>(name, new SharedQueueOptions { MaxSize = maxSize }, options);

    /// <summary>Opens a queue; creates it if there is none of this name.</summary>
    /// <typeparam name="T">The type of the items; any type that can be sent to another process.</typeparam>
    /// <param name="name">The name in the cluster, of 1 to 1,024 characters.</param>
    /// <param name="queue">The options of the queue.</param>
    /// <param name="options">How the object is kept; null (the default) is in the journal, for good.</param>
    /// <returns>The queue.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="ArgumentException">The name is empty, too long, or no text; or an option is out of its range.</exception>
    /// <exception cref="NameConflictException">The name is that of another kind of object.</exception>
    /// <exception cref="MultiprocTimeoutException">The cluster did not open it within <see cref="ClusterOptions.Timeout"/>.</exception>
    /// <exception cref="ConnectionLostException">This node is no longer in the cluster.</exception>
    public SharedQueue<T> Queue<T>(string name, SharedQueueOptions queue, ClusterObjectOptions? options = null) =>
        Of(name, KindName.Queue<T>("Queue", queue), options).Queue<T>(queue);

    /// <summary>Opens a queue whose items are to be done, and waited for: see <see cref="SharedJoinableQueue{T}.Join"/>.</summary>
    /// <typeparam name="T">The type of the items; any type that can be sent to another process.</typeparam>
    /// <param name="name">The name in the cluster, of 1 to 1,024 characters.</param>
    /// <param name="maxSize">The capacity; 0 (the default) is unbounded.</param>
    /// <param name="options">How the object is kept; null (the default) is in the journal, for good.</param>
    /// <returns>The queue.</returns>
    /// <exception cref="ArgumentException">The name is empty, too long, or no text; or an option is out of its range.</exception>
    /// <exception cref="NameConflictException">The name is that of another kind of object.</exception>
    /// <exception cref="MultiprocTimeoutException">The cluster did not open it within <see cref="ClusterOptions.Timeout"/>.</exception>
    /// <exception cref="ConnectionLostException">This node is no longer in the cluster.</exception>
    public SharedJoinableQueue<T> JoinableQueue<T>(string name, int maxSize = 0, ClusterObjectOptions? options = null) =>
        JoinableQueue<T>(name, new SharedQueueOptions { MaxSize = maxSize }, options);

    /// <summary>Opens a queue whose items are to be done, and waited for: see <see cref="SharedJoinableQueue{T}.Join"/>.</summary>
    /// <typeparam name="T">The type of the items; any type that can be sent to another process.</typeparam>
    /// <param name="name">The name in the cluster, of 1 to 1,024 characters.</param>
    /// <param name="queue">The options of the queue.</param>
    /// <param name="options">How the object is kept; null (the default) is in the journal, for good.</param>
    /// <returns>The queue.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="ArgumentException">The name is empty, too long, or no text; or an option is out of its range.</exception>
    /// <exception cref="NameConflictException">The name is that of another kind of object.</exception>
    /// <exception cref="MultiprocTimeoutException">The cluster did not open it within <see cref="ClusterOptions.Timeout"/>.</exception>
    /// <exception cref="ConnectionLostException">This node is no longer in the cluster.</exception>
    public SharedJoinableQueue<T> JoinableQueue<T>(string name, SharedQueueOptions queue, ClusterObjectOptions? options = null) =>
        Of(name, KindName.Queue<T>("JoinableQueue", queue), options).JoinableQueue<T>(queue);

    /// <summary>Opens an unbounded queue that has only Put, Get and Empty.</summary>
    /// <typeparam name="T">The type of the items; any type that can be sent to another process.</typeparam>
    /// <param name="name">The name in the cluster, of 1 to 1,024 characters.</param>
    /// <param name="options">How the object is kept; null (the default) is in the journal, for good.</param>
    /// <returns>The queue.</returns>
    /// <exception cref="ArgumentException">The name is empty, too long, or no text; or an option is out of its range.</exception>
    /// <exception cref="NameConflictException">The name is that of another kind of object.</exception>
    /// <exception cref="MultiprocTimeoutException">The cluster did not open it within <see cref="ClusterOptions.Timeout"/>.</exception>
    /// <exception cref="ConnectionLostException">This node is no longer in the cluster.</exception>
    public SharedSimpleQueue<T> SimpleQueue<T>(string name, ClusterObjectOptions? options = null) =>
        Of(name, KindName.Of<T>("SimpleQueue"), options).SimpleQueue<T>();

    /// <summary>
    /// Opens a lock. When its holder's process or node dies, the next one gets it, with <see cref="SharedLockBase.Abandoned"/> and a higher fence.
    /// </summary>
    /// <param name="name">The name in the cluster, of 1 to 1,024 characters.</param>
    /// <param name="options">How the object is kept; null (the default) is in the journal, for good.</param>
    /// <returns>The lock.</returns>
    /// <exception cref="ArgumentException">The name is empty, too long, or no text; or an option is out of its range.</exception>
    /// <exception cref="NameConflictException">The name is that of another kind of object.</exception>
    /// <exception cref="MultiprocTimeoutException">The cluster did not open it within <see cref="ClusterOptions.Timeout"/>.</exception>
    /// <exception cref="ConnectionLostException">This node is no longer in the cluster.</exception>
    public SharedLock Lock(string name, ClusterObjectOptions? options = null) =>
        Of(name, "Lock", options).Lock();

    /// <summary>Opens a recursive lock.</summary>
    /// <param name="name">The name in the cluster, of 1 to 1,024 characters.</param>
    /// <param name="options">How the object is kept; null (the default) is in the journal, for good.</param>
    /// <returns>The lock.</returns>
    /// <exception cref="ArgumentException">The name is empty, too long, or no text; or an option is out of its range.</exception>
    /// <exception cref="NameConflictException">The name is that of another kind of object.</exception>
    /// <exception cref="MultiprocTimeoutException">The cluster did not open it within <see cref="ClusterOptions.Timeout"/>.</exception>
    /// <exception cref="ConnectionLostException">This node is no longer in the cluster.</exception>
    public SharedRLock RLock(string name, ClusterObjectOptions? options = null) =>
        Of(name, "RLock", options).RLock();

    /// <summary>Opens a semaphore. When a process or node dies, the permits that it held come back.</summary>
    /// <param name="name">The name in the cluster, of 1 to 1,024 characters.</param>
    /// <param name="value">The initial number of permits; default 1, at most 16,777,215.</param>
    /// <param name="options">How the object is kept; null (the default) is in the journal, for good.</param>
    /// <returns>The semaphore.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or too large.</exception>
    /// <exception cref="ArgumentException">The name is empty, too long, or no text; or an option is out of its range.</exception>
    /// <exception cref="NameConflictException">The name is that of another kind of object.</exception>
    /// <exception cref="MultiprocTimeoutException">The cluster did not open it within <see cref="ClusterOptions.Timeout"/>.</exception>
    /// <exception cref="ConnectionLostException">This node is no longer in the cluster.</exception>
    public SharedSemaphore Semaphore(string name, int value = 1, ClusterObjectOptions? options = null) =>
        Of(name, $"Semaphore of {value}", options).Semaphore(value);

    /// <summary>Opens a semaphore that never has more permits than its initial number.</summary>
    /// <param name="name">The name in the cluster, of 1 to 1,024 characters.</param>
    /// <param name="value">The initial and largest number of permits; default 1, at most 16,777,215.</param>
    /// <param name="options">How the object is kept; null (the default) is in the journal, for good.</param>
    /// <returns>The semaphore.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or too large.</exception>
    /// <exception cref="ArgumentException">The name is empty, too long, or no text; or an option is out of its range.</exception>
    /// <exception cref="NameConflictException">The name is that of another kind of object.</exception>
    /// <exception cref="MultiprocTimeoutException">The cluster did not open it within <see cref="ClusterOptions.Timeout"/>.</exception>
    /// <exception cref="ConnectionLostException">This node is no longer in the cluster.</exception>
    public SharedBoundedSemaphore BoundedSemaphore(string name, int value = 1, ClusterObjectOptions? options = null) =>
        Of(name, $"BoundedSemaphore of {value}", options).BoundedSemaphore(value);

    /// <summary>Opens a condition variable over a lock of this cluster.</summary>
    /// <param name="name">The name in the cluster, of 1 to 1,024 characters.</param>
    /// <param name="lock">
    /// The lock or recursive lock, of the same cluster; null (the default) opens the recursive lock "name/lock", which is an object of its own. Conditions may
    /// share a lock. The asynchronous waits need a <see cref="SharedLock"/>.
    /// </param>
    /// <param name="options">How the object is kept; null (the default) is in the journal, for good.</param>
    /// <returns>The condition.</returns>
    /// <exception cref="ArgumentException">The lock is none of this cluster.</exception>
    /// <exception cref="ArgumentException">The name is empty, too long, or no text; or an option is out of its range.</exception>
    /// <exception cref="NameConflictException">The name is that of another kind of object.</exception>
    /// <exception cref="MultiprocTimeoutException">The cluster did not open it within <see cref="ClusterOptions.Timeout"/>.</exception>
    /// <exception cref="ConnectionLostException">This node is no longer in the cluster.</exception>
    public SharedCondition Condition(string name, SharedLockBase? @lock = null, ClusterObjectOptions? options = null)
    {
        Named(name);
        @lock ??= RLock($"{name}/lock", options);
        var gate = _node.Gateway.SpecOf(@lock.Handle)
            ?? throw new ArgumentException($"{@lock} is no lock of this cluster, so other nodes could not reach it: open one by cluster.Lock.", nameof(@lock));
        return Of(name, $"Condition of the {gate.Kind} '{gate.Name}'", options).Condition(@lock);
    }

    /// <summary>Opens an event: a flag that processes set, clear and wait for.</summary>
    /// <param name="name">The name in the cluster, of 1 to 1,024 characters.</param>
    /// <param name="options">How the object is kept; null (the default) is in the journal, for good.</param>
    /// <returns>The event.</returns>
    /// <exception cref="ArgumentException">The name is empty, too long, or no text; or an option is out of its range.</exception>
    /// <exception cref="NameConflictException">The name is that of another kind of object.</exception>
    /// <exception cref="MultiprocTimeoutException">The cluster did not open it within <see cref="ClusterOptions.Timeout"/>.</exception>
    /// <exception cref="ConnectionLostException">This node is no longer in the cluster.</exception>
    public SharedEvent Event(string name, ClusterObjectOptions? options = null) =>
        Of(name, "Event", options).Event();

    /// <summary>Opens a barrier. When a party dies, with its process or node, the barrier breaks for all of them.</summary>
    /// <param name="name">The name in the cluster, of 1 to 1,024 characters.</param>
    /// <param name="parties">The number of parties that must arrive before all of them go on; at least one.</param>
    /// <param name="action">
    /// Run by the last party to arrive in each round, before any party goes on; each process runs the one that it opened the barrier with. Null runs nothing.
    /// </param>
    /// <param name="timeout">How long a party waits unless it gives a timeout of its own; null (the default) waits indefinitely.</param>
    /// <param name="options">How the object is kept; null (the default) is in the journal, for good.</param>
    /// <returns>The barrier.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The number of parties is less than one.</exception>
    /// <exception cref="ArgumentException">The name is empty, too long, or no text; or an option is out of its range.</exception>
    /// <exception cref="NameConflictException">The name is that of another kind of object.</exception>
    /// <exception cref="MultiprocTimeoutException">The cluster did not open it within <see cref="ClusterOptions.Timeout"/>.</exception>
    /// <exception cref="ConnectionLostException">This node is no longer in the cluster.</exception>
    public SharedBarrier Barrier(string name, int parties, Action? action = null, TimeSpan? timeout = null, ClusterObjectOptions? options = null) =>
        Of(name, $"Barrier of {parties}{(action is null ? "" : " with an action")}", options).Barrier(parties, action, timeout);

    /// <summary>Opens a value. Reads and writes are atomic steps, as are <c>Increment</c>, <c>CompareAndSet</c> and <c>Update</c>.</summary>
    /// <typeparam name="T">The type of the value; any type that can be sent to another process.</typeparam>
    /// <param name="name">The name in the cluster, of 1 to 1,024 characters.</param>
    /// <param name="initial">The value if it is new; otherwise it stays what it is.</param>
    /// <param name="options">How the object is kept; null (the default) is in the journal, for good.</param>
    /// <returns>The value.</returns>
    /// <exception cref="ArgumentException">The name is empty, too long, or no text; or an option is out of its range.</exception>
    /// <exception cref="NameConflictException">The name is that of another kind of object.</exception>
    /// <exception cref="MultiprocTimeoutException">The cluster did not open it within <see cref="ClusterOptions.Timeout"/>.</exception>
    /// <exception cref="ConnectionLostException">This node is no longer in the cluster.</exception>
    public ValueProxy<T> Value<T>(string name, T initial = default!, ClusterObjectOptions? options = null) =>
        Of(name, KindName.Of<T>("Value"), options).Value(initial);

    /// <summary>Opens an array of fixed length.</summary>
    /// <typeparam name="T">The type of the items; any type that can be sent to another process.</typeparam>
    /// <param name="name">The name in the cluster, of 1 to 1,024 characters.</param>
    /// <param name="length">The number of items, which are default values if the array is new.</param>
    /// <param name="options">How the object is kept; null (the default) is in the journal, for good.</param>
    /// <returns>The array.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative.</exception>
    /// <exception cref="ArgumentException">The name is empty, too long, or no text; or an option is out of its range.</exception>
    /// <exception cref="NameConflictException">The name is that of another kind of object.</exception>
    /// <exception cref="MultiprocTimeoutException">The cluster did not open it within <see cref="ClusterOptions.Timeout"/>.</exception>
    /// <exception cref="ConnectionLostException">This node is no longer in the cluster.</exception>
    public ArrayProxy<T> Array<T>(string name, int length, ClusterObjectOptions? options = null) =>
        Of(name, KindName.Array<T>(length), options).Array<T>(length);

    /// <summary>Opens an array of fixed length.</summary>
    /// <typeparam name="T">The type of the items; any type that can be sent to another process.</typeparam>
    /// <param name="name">The name in the cluster, of 1 to 1,024 characters.</param>
    /// <param name="items">The items if the array is new; otherwise only their number matters.</param>
    /// <param name="options">How the object is kept; null (the default) is in the journal, for good.</param>
    /// <returns>The array.</returns>
    /// <exception cref="ArgumentException">The name is empty, too long, or no text; or an option is out of its range.</exception>
    /// <exception cref="NameConflictException">The name is that of another kind of object.</exception>
    /// <exception cref="MultiprocTimeoutException">The cluster did not open it within <see cref="ClusterOptions.Timeout"/>.</exception>
    /// <exception cref="ConnectionLostException">This node is no longer in the cluster.</exception>
    public ArrayProxy<T> Array<T>(string name, IEnumerable<T> items, ClusterObjectOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(items);
        T[] copy = [.. items];
        return Of(name, KindName.Array<T>(copy.Length), options).Array(copy);
    }

    /// <summary>
    /// Opens a dictionary. Each operation is one atomic step; functions of updates run in the caller's process, and are repeated when others were quicker.
    /// </summary>
    /// <typeparam name="TKey">The type of the keys; keys are equal if their serialized forms are.</typeparam>
    /// <typeparam name="TValue">The type of the values.</typeparam>
    /// <param name="name">The name in the cluster, of 1 to 1,024 characters.</param>
    /// <param name="options">How the object is kept; null (the default) is in the journal, for good.</param>
    /// <returns>The dictionary.</returns>
    /// <exception cref="ArgumentException">The name is empty, too long, or no text; or an option is out of its range.</exception>
    /// <exception cref="NameConflictException">The name is that of another kind of object.</exception>
    /// <exception cref="MultiprocTimeoutException">The cluster did not open it within <see cref="ClusterOptions.Timeout"/>.</exception>
    /// <exception cref="ConnectionLostException">This node is no longer in the cluster.</exception>
    public DictionaryProxy<TKey, TValue> Dictionary<TKey, TValue>(string name, ClusterObjectOptions? options = null)
        where TKey : notnull =>
        Of(name, KindName.Of<TKey, TValue>("Dictionary"), options).Dictionary<TKey, TValue>();

    /// <summary>Opens a list. Each operation is one atomic step.</summary>
    /// <typeparam name="T">The type of the items; any type that can be sent to another process.</typeparam>
    /// <param name="name">The name in the cluster, of 1 to 1,024 characters.</param>
    /// <param name="options">How the object is kept; null (the default) is in the journal, for good.</param>
    /// <returns>The list.</returns>
    /// <exception cref="ArgumentException">The name is empty, too long, or no text; or an option is out of its range.</exception>
    /// <exception cref="NameConflictException">The name is that of another kind of object.</exception>
    /// <exception cref="MultiprocTimeoutException">The cluster did not open it within <see cref="ClusterOptions.Timeout"/>.</exception>
    /// <exception cref="ConnectionLostException">This node is no longer in the cluster.</exception>
    public ListProxy<T> List<T>(string name, ClusterObjectOptions? options = null) =>
        Of(name, KindName.Of<T>("List"), options).List<T>();

    /// <summary>Opens a set. Each operation is one atomic step.</summary>
    /// <typeparam name="T">The type of the items; items are equal if their serialized forms are.</typeparam>
    /// <param name="name">The name in the cluster, of 1 to 1,024 characters.</param>
    /// <param name="options">How the object is kept; null (the default) is in the journal, for good.</param>
    /// <returns>The set.</returns>
    /// <exception cref="ArgumentException">The name is empty, too long, or no text; or an option is out of its range.</exception>
    /// <exception cref="NameConflictException">The name is that of another kind of object.</exception>
    /// <exception cref="MultiprocTimeoutException">The cluster did not open it within <see cref="ClusterOptions.Timeout"/>.</exception>
    /// <exception cref="ConnectionLostException">This node is no longer in the cluster.</exception>
    public SetProxy<T> Set<T>(string name, ClusterObjectOptions? options = null) =>
        Of(name, KindName.Of<T>("Set"), options).Set<T>();

    /// <summary>Opens a namespace: named values, used as attributes of a <c>dynamic</c>.</summary>
    /// <param name="name">The name in the cluster, of 1 to 1,024 characters.</param>
    /// <param name="options">How the object is kept; null (the default) is in the journal, for good.</param>
    /// <returns>The namespace.</returns>
    /// <exception cref="ArgumentException">The name is empty, too long, or no text; or an option is out of its range.</exception>
    /// <exception cref="NameConflictException">The name is that of another kind of object.</exception>
    /// <exception cref="MultiprocTimeoutException">The cluster did not open it within <see cref="ClusterOptions.Timeout"/>.</exception>
    /// <exception cref="ConnectionLostException">This node is no longer in the cluster.</exception>
    public NamespaceProxy Namespace(string name, ClusterObjectOptions? options = null) =>
        Of(name, "Namespace", options).Namespace();

    /// <summary>
    /// Opens an object of a class of the user's, which is kept as a record. A call of its interface makes the object from the record, in the caller's process,
    /// and replaces the record by what the object saves, if no other call has meanwhile: else it is done again on the new record. So each call is one atomic
    /// step. Methods should do nothing but change their object, since they may run more than once; one that changes nothing writes nothing. A method that calls
    /// its own object by this facade throws an <see cref="InvalidOperationException"/>.
    /// </summary>
    /// <typeparam name="T">The interface, synchronous or not. No generic methods, no parameters by reference, no events.</typeparam>
    /// <typeparam name="TClass">The class.</typeparam>
    /// <typeparam name="TRecord">What is kept; any type that can be sent to another process.</typeparam>
    /// <param name="name">The name in the cluster, of 1 to 1,024 characters.</param>
    /// <param name="initial">The record if the object is new.</param>
    /// <param name="options">How the object is kept; null (the default) is in the journal, for good.</param>
    /// <returns>The object. It can be sent to other processes.</returns>
    /// <exception cref="ArgumentException">The name is empty, too long, or no text; or <typeparamref name="T"/> is no interface.</exception>
    /// <exception cref="NameConflictException">The name is that of another kind of object.</exception>
    /// <exception cref="MultiprocTimeoutException">The cluster did not open it within <see cref="ClusterOptions.Timeout"/>.</exception>
    /// <exception cref="ConnectionLostException">This node is no longer in the cluster.</exception>
    /// <example>
    /// <code>
    /// var calc = cluster.Create&lt;ICalc, Calc, Sum&gt;("calc", new Sum(0));
    /// Console.WriteLine(calc.Add(42));
    /// </code>
    /// </example>
    public T Create<T, TClass, TRecord>(string name, TRecord initial, ClusterObjectOptions? options = null)
        where T : class
        where TClass : T, IRecorded<TClass, TRecord>
    {
        if (!typeof(T).IsInterface)
        {
            throw new ArgumentException($"{typeof(T)} is not an interface: users' objects are called by interfaces.", nameof(T));
        }

        return RecordedProxy.Make<T>(new RecordedObject<T, TClass, TRecord>(Of(name, KindName.Of<TClass, TRecord>("Object"), options).Value(initial)));
    }
}
