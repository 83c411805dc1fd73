using System.ComponentModel;
using Multiproc.Managers;
using Multiproc.Objects;
using Multiproc.Objects.Barriers;
using Multiproc.Objects.Conditions;
using Multiproc.Objects.Dictionaries;
using Multiproc.Objects.Events;
using Multiproc.Objects.JoinableQueues;
using Multiproc.Objects.Lists;
using Multiproc.Objects.Locks;
using Multiproc.Objects.Queues;
using Multiproc.Objects.Semaphores;
using Multiproc.Objects.Sets;
using Multiproc.Serialization;

namespace Multiproc;

/// <content>What a manager makes. All of these throw <see cref="ConnectionLostException"/> when its process is gone, and
/// <see cref="ObjectDisposedException"/> after its shutdown.</content>
public partial class SyncManager
{
    /// <summary>Makes a dictionary in the manager.</summary>
    /// <typeparam name="TKey">The type of the keys; keys are equal when their serialized forms are.</typeparam>
    /// <typeparam name="TValue">The type of the values.</typeparam>
    /// <param name="entries">The first entries; none by default.</param>
    /// <returns>A proxy that can be sent to other processes.</returns>
    /// <exception cref="ArgumentNullException">A key is null.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    /// <exception cref="ObjectDisposedException">The manager was shut down.</exception>
    public DictionaryProxy<TKey, TValue> Dictionary<TKey, TValue>(IEnumerable<KeyValuePair<TKey, TValue>>? entries = null)
        where TKey : notnull
    {
        var dictionary = new DictionaryProxy<TKey, TValue>(Create(DictionaryType.Instance, default(TKey) is null ? DictionaryState.KeysCanBeNull : default));
        if (entries is not null)
        {
            dictionary.SetMany(entries);
        }

        return dictionary;
    }

    /// <summary>Makes a list in the manager.</summary>
    /// <typeparam name="T">What the items are; anything that can be sent, also proxies.</typeparam>
    /// <param name="items">The first items; none by default.</param>
    /// <returns>A proxy that can be sent to other processes.</returns>
    public ListProxy<T> List<T>(IEnumerable<T>? items = null) =>
        new(Create(ListTypes.List, items is null ? default : PackedItems.Options(items)));

    /// <summary>Makes a set in the manager.</summary>
    /// <typeparam name="T">What the items are; they are equal when their serialized forms are.</typeparam>
    /// <param name="items">The first items; none by default.</param>
    /// <returns>A proxy that can be sent to other processes.</returns>
    public SetProxy<T> Set<T>(IEnumerable<T>? items = null)
    {
        var set = new SetProxy<T>(Create(SetType.Instance));
        if (items is not null)
        {
            set.UnionWith(items);
        }

        return set;
    }

    /// <summary>Makes an object whose attributes can be set and read: use it as <c>dynamic</c>.</summary>
    /// <param name="attributes">The first attributes; none by default.</param>
    /// <returns>A proxy that can be sent to other processes.</returns>
    public NamespaceProxy Namespace(IEnumerable<KeyValuePair<string, object?>>? attributes = null)
    {
        var made = new NamespaceProxy(Create(DictionaryType.Instance, DictionaryState.KeysCanBeNull));
        foreach (var (name, value) in attributes ?? [])
        {
            made.Set(name, value);
        }

        return made;
    }

    /// <summary>Makes one value in the manager. For numbers that are read often, <see cref="Mp.Value{T}(T, bool)"/> is faster: it is mapped memory.</summary>
    /// <typeparam name="T">Its type; anything that can be sent.</typeparam>
    /// <param name="value">What it is at the start.</param>
    /// <returns>A proxy that can be sent to other processes.</returns>
    public ValueProxy<T> Value<T>(T value) => new(Create(ListTypes.Value, PackedItems.Options([value])));

    /// <summary>Makes one value in the manager, by Python's typecode: <c>manager.Value('d', 0.0)</c>.</summary>
    /// <typeparam name="T">What the typecode stands for.</typeparam>
    /// <param name="typecode">One of Python's: c u b B h H i I l L q Q f d, and ? for bool.</param>
    /// <param name="value">What it is at the start.</param>
    /// <returns>A proxy that can be sent to other processes.</returns>
    /// <exception cref="ArgumentException">The typecode is unknown, or stands for another type.</exception>
    public ValueProxy<T> Value<T>(char typecode, T value)
    {
        Typecode.Require<T>(typecode);
        return Value<T>(value);
    }

    /// <summary>Does not compile: Python's <c>manager.Value</c> takes a typecode and a value.</summary>
    /// <param name="typecode">A typecode, without the value that it needs.</param>
    /// <returns>Nothing.</returns>
    /// <exception cref="NotSupportedException">Always.</exception>
    [Obsolete(Typecode.NeedsValue, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public ValueProxy<char> Value(char typecode) => throw new NotSupportedException(Typecode.NeedsValue);

    /// <summary>Makes an array in the manager, with the items of another.</summary>
    /// <typeparam name="T">What the items are; anything that can be sent.</typeparam>
    /// <param name="items">The items; copied.</param>
    /// <returns>A proxy that can be sent to other processes.</returns>
    public ArrayProxy<T> Array<T>(IEnumerable<T> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        T[] copy = [.. items];
        return new(Create(ListTypes.Array, PackedItems.Options(copy)), copy.Length);
    }

    /// <summary>Makes an array of default values in the manager.</summary>
    /// <typeparam name="T">What the items are.</typeparam>
    /// <param name="length">How many.</param>
    /// <returns>A proxy that can be sent to other processes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A negative length.</exception>
    public ArrayProxy<T> Array<T>(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        return Array(Enumerable.Repeat(default(T)!, length));
    }

    /// <summary>Makes an array in the manager, with the items of another, by Python's typecode: <c>manager.Array('i', [1, 2, 3])</c>.</summary>
    /// <typeparam name="T">What the typecode stands for.</typeparam>
    /// <param name="typecode">One of Python's: c u b B h H i I l L q Q f d, and ? for bool.</param>
    /// <param name="items">The items; copied.</param>
    /// <returns>A proxy that can be sent to other processes.</returns>
    /// <exception cref="ArgumentException">The typecode is unknown, or stands for another type.</exception>
    public ArrayProxy<T> Array<T>(char typecode, IEnumerable<T> items)
    {
        Typecode.Require<T>(typecode);
        return Array(items);
    }

    /// <summary>Does not compile: a typecode alone says neither how long the array is nor what is in it.</summary>
    /// <typeparam name="T">What the items are.</typeparam>
    /// <param name="typecode">A typecode, without the items that it needs.</param>
    /// <returns>Nothing.</returns>
    /// <exception cref="NotSupportedException">Always.</exception>
    [Obsolete(Typecode.NeedsItems, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public ArrayProxy<T> Array<T>(char typecode) => throw new NotSupportedException(Typecode.NeedsItems);

    /// <summary>Makes a queue in the manager.</summary>
    /// <typeparam name="T">What the items are.</typeparam>
    /// <param name="maxSize">How many items it holds at most; zero (the default) or less: without a bound.</param>
    /// <returns>A facade that can be sent to other processes.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    /// <exception cref="ObjectDisposedException">The manager was shut down.</exception>
    public SharedQueue<T> Queue<T>(int maxSize = 0) => Queue<T>(new SharedQueueOptions { MaxSize = maxSize });

    /// <summary>Makes a queue in the manager.</summary>
    /// <typeparam name="T">What the items are.</typeparam>
    /// <param name="options">Its settings.</param>
    /// <returns>A facade that can be sent to other processes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    /// <exception cref="ObjectDisposedException">The manager was shut down.</exception>
    public SharedQueue<T> Queue<T>(SharedQueueOptions options) =>
        new(Create(QueueType.Instance, SharedQueueOptions.Checked(options).Pack()), options.MaxSize);

    /// <summary>Makes a queue that can be joined in the manager.</summary>
    /// <typeparam name="T">What the items are.</typeparam>
    /// <param name="maxSize">How many items it holds at most; zero (the default) or less: without a bound.</param>
    /// <returns>A facade that can be sent to other processes.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    /// <exception cref="ObjectDisposedException">The manager was shut down.</exception>
    public SharedJoinableQueue<T> JoinableQueue<T>(int maxSize = 0) => JoinableQueue<T>(new SharedQueueOptions { MaxSize = maxSize });

    /// <summary>Makes a queue that can be joined in the manager.</summary>
    /// <typeparam name="T">What the items are.</typeparam>
    /// <param name="options">Its settings.</param>
    /// <returns>A facade that can be sent to other processes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    /// <exception cref="ObjectDisposedException">The manager was shut down.</exception>
    public SharedJoinableQueue<T> JoinableQueue<T>(SharedQueueOptions options) =>
        new(Create(JoinableQueueType.Instance, SharedQueueOptions.Checked(options).Pack()), options.MaxSize);

    /// <summary>Makes a lock in the manager; on this machine it is taken in mapped memory as any other.</summary>
    /// <returns>A facade that can be sent to other processes.</returns>
    public SharedLock Lock() => new(Create(LockType.Instance));

    /// <summary>Makes a recursive lock in the manager.</summary>
    /// <returns>A facade that can be sent to other processes.</returns>
    public SharedRLock RLock() => new(Create(LockType.Instance));

    /// <summary>Makes a semaphore in the manager.</summary>
    /// <param name="value">How many permits it has at the start; default 1.</param>
    /// <returns>A facade that can be sent to other processes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A negative value, or too many.</exception>
    public SharedSemaphore Semaphore(int value = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, SemaphoreCell.MaxCount);
        return new(Create(SemaphoreType.Instance, Serializer.Pack((value, SemaphoreCell.MaxCount))));
    }

    /// <summary>Makes a semaphore in the manager that cannot have more permits than at the start.</summary>
    /// <param name="value">How many permits it has at the start; default 1.</param>
    /// <returns>A facade that can be sent to other processes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A negative value, or too many.</exception>
    public SharedBoundedSemaphore BoundedSemaphore(int value = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, SemaphoreCell.MaxCount);
        return new(Create(SemaphoreType.Instance, Serializer.Pack((value, value))), value);
    }

    /// <summary>Makes a condition in the manager.</summary>
    /// <param name="lock">Its lock; null (the default) makes a recursive one for it.</param>
    /// <returns>A facade that can be sent to other processes.</returns>
    public SharedCondition Condition(SharedLockBase? @lock = null) =>
        new(Create(ConditionType.Instance), @lock ?? RLock(), ownsGate: @lock is null);

    /// <summary>Makes a barrier in the manager.</summary>
    /// <param name="parties">How many must arrive; at least one.</param>
    /// <param name="action">Called by one of those who arrive, before any goes on; it must be sendable.</param>
    /// <param name="timeout">How long a wait lasts by default; null: for ever.</param>
    /// <returns>A facade that can be sent to other processes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than one party.</exception>
    public SharedBarrier Barrier(int parties, Action? action = null, TimeSpan? timeout = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(parties);
        var handle = Create(BarrierType.Instance, Serializer.Pack((parties, action is not null)));
        return new SharedBarrier(handle, parties, AsyncVoid.RefusedIfAny(action) is null ? null : new BarrierAction(action!), timeout);
    }

    /// <summary>Makes an event in the manager that is not set.</summary>
    /// <returns>A facade that can be sent to other processes.</returns>
    public SharedEvent Event() => new(Create(EventType.Instance));
}
