using Multiproc.Objects.Barriers;
using Multiproc.Objects.Broadcasts;
using Multiproc.Objects.Caches;
using Multiproc.Objects.Conditions;
using Multiproc.Objects.Countdowns;
using Multiproc.Objects.Counters;
using Multiproc.Objects.Dictionaries;
using Multiproc.Objects.Events;
using Multiproc.Objects.JoinableQueues;
using Multiproc.Objects.Lists;
using Multiproc.Objects.Locks;
using Multiproc.Objects.Queues;
using Multiproc.Objects.RateLimiters;
using Multiproc.Objects.ReadWriteLocks;
using Multiproc.Objects.Semaphores;
using Multiproc.Objects.Sets;
using Multiproc.States;

namespace Multiproc.Managers;

/// <summary>The object types that every manager can create. A new type takes one line here and one in <see cref="SyncManager"/>.</summary>
internal static class ManagerTypes
{
    private static readonly ObjectType[] s_all =
    [
        QueueType.Instance,
        JoinableQueueType.Instance,
        LockType.Instance,
        ReadWriteLockType.Instance,
        CountdownType.Instance,
        SemaphoreType.Instance,
        EventType.Instance,
        ConditionType.Instance,
        BarrierType.Instance,
        DictionaryType.Instance,
        ListTypes.List,
        ListTypes.Array,
        ListTypes.Value,
        SetType.Instance,
        RateLimiterType.Instance,
        CounterType.Instance,
        BroadcastType.Instance,
        CacheType.Instance,
    ];

    /// <summary>Registers the object types: each registers itself when its class is initialized.</summary>
    public static int Register() => s_all.Length;
}
