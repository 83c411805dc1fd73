using Multiproc.Objects.Barriers;
using Multiproc.Objects.Conditions;
using Multiproc.Objects.Countdowns;
using Multiproc.Objects.Dictionaries;
using Multiproc.Objects.Events;
using Multiproc.Objects.JoinableQueues;
using Multiproc.Objects.Lists;
using Multiproc.Objects.Locks;
using Multiproc.Objects.Queues;
using Multiproc.Objects.ReadWriteLocks;
using Multiproc.Objects.Semaphores;
using Multiproc.Objects.Sets;
using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Managers;

/// <summary>Creates an object of a type from its packed options, and returns the way to it.</summary>
internal delegate ObjectHandle ObjectCreator(ObjectType type, Payload options = default);

/// <summary>
/// The one list of factories: what makes a facade of each type of shared object, wherever the object lives. A space differs in <paramref name="create"/>, and
/// in whether its objects outlive processes.
/// </summary>
internal sealed partial class ObjectFactory(ObjectCreator create, bool outliveProcesses = false) : IObjectSpace
{
    public SharedQueue<T> Queue<T>(int maxSize = 0) => Queue<T>(new SharedQueueOptions { MaxSize = maxSize });

    public SharedQueue<T> Queue<T>(SharedQueueOptions options) =>
        new(create(QueueType.Instance, SharedQueueOptions.Checked(options).Pack()), options.MaxSize);

    public SharedJoinableQueue<T> JoinableQueue<T>(int maxSize = 0) => JoinableQueue<T>(new SharedQueueOptions { MaxSize = maxSize });

    public SharedJoinableQueue<T> JoinableQueue<T>(SharedQueueOptions options) =>
        new(create(JoinableQueueType.Instance, SharedQueueOptions.Checked(options).Pack()), options.MaxSize);

    public SharedSimpleQueue<T> SimpleQueue<T>() => new(create(QueueType.Instance, new SharedQueueOptions().Pack()));

    public SharedLock Lock() => new(create(LockType.Instance));

    public SharedRLock RLock() => new(create(LockType.Instance));

    public SharedReadWriteLock ReadWriteLock() => new(create(ReadWriteLockType.Instance));

    public SharedCountdown Countdown(int initialCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(initialCount);
        return new(create(CountdownType.Instance, Serializer.Pack(initialCount)));
    }

    public SharedSemaphore Semaphore(int value = 1) =>
        new(create(SemaphoreType.Instance, Serializer.Pack((Permits(value), SemaphoreCell.MaxCount))));

    public SharedBoundedSemaphore BoundedSemaphore(int value = 1) =>
        new(create(SemaphoreType.Instance, Serializer.Pack((Permits(value), value))), value);

    public SharedCondition Condition(SharedLockBase? @lock = null) =>
        new(create(ConditionType.Instance), @lock ?? RLock(), ownsGate: @lock is null);

    public SharedBarrier Barrier(int parties, Action? action = null, TimeSpan? timeout = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(parties);
        var run = AsyncVoid.RefusedIfAny(action) is null ? null : new BarrierAction(action!);
        return new(create(BarrierType.Instance, Serializer.Pack((parties, run is not null))), parties, run, timeout);
    }

    public SharedEvent Event() => new(create(EventType.Instance));

    public ValueProxy<T> Value<T>(T value) => new(create(ListTypes.Value, PackedItems.Options([value], outliveProcesses)));

    public ArrayProxy<T> Array<T>(IEnumerable<T> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        T[] copy = [.. items];
        return new(create(ListTypes.Array, PackedItems.Options(copy, outliveProcesses)), copy.Length);
    }

    public ArrayProxy<T> Array<T>(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        return Array(Enumerable.Repeat(default(T)!, length));
    }

    public DictionaryProxy<TKey, TValue> Dictionary<TKey, TValue>(IEnumerable<KeyValuePair<TKey, TValue>>? entries = null)
        where TKey : notnull
    {
        var made = new DictionaryProxy<TKey, TValue>(create(DictionaryType.Instance, default(TKey) is null ? DictionaryState.KeysCanBeNull : default));
        return entries is null ? made : Filled(made, entries, static (dictionary, pairs) => dictionary.SetMany(pairs));
    }

    public ListProxy<T> List<T>(IEnumerable<T>? items = null) =>
        new(create(ListTypes.List, items is null ? default : PackedItems.Options(items, outliveProcesses)));

    public SetProxy<T> Set<T>(IEnumerable<T>? items = null)
    {
        var made = new SetProxy<T>(create(SetType.Instance));
        return items is null ? made : Filled(made, items, static (set, all) => set.UnionWith(all));
    }

    public NamespaceProxy Namespace(IEnumerable<KeyValuePair<string, object?>>? attributes = null)
    {
        var made = new NamespaceProxy(create(DictionaryType.Instance, DictionaryState.KeysCanBeNull));
        return attributes is null ? made : Filled(made, attributes, static (space, all) =>
        {
            foreach (var (name, value) in all)
            {
                space.Set(name, value);
            }
        });
    }

    /// <summary>Puts in the initial contents. If they are refused, the object ends: nobody else knows of it.</summary>
    private static TObject Filled<TObject, TContents>(TObject made, TContents contents, Action<TObject, TContents> fill)
        where TObject : SharedObject
    {
        try
        {
            fill(made, contents);
            return made;
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    private static int Permits(int value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, SemaphoreCell.MaxCount);
        return value;
    }
}
