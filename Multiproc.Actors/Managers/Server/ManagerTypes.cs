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
using Multiproc.States;

namespace Multiproc.Managers;

/// <summary>The types of objects that every manager can make, whoever asks first. A new kind is one line here and one in <see cref="SyncManager"/>.</summary>
internal static class ManagerTypes
{
    private static readonly ObjectType[] s_all =
    [
        QueueType.Instance,
        JoinableQueueType.Instance,
        LockType.Instance,
        SemaphoreType.Instance,
        EventType.Instance,
        ConditionType.Instance,
        BarrierType.Instance,
        DictionaryType.Instance,
        ListTypes.List,
        ListTypes.Array,
        ListTypes.Value,
        SetType.Instance,
    ];

    /// <summary>Makes them known: a kind registers itself when it is touched.</summary>
    public static int Register() => s_all.Length;
}
