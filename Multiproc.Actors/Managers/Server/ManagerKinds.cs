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

/// <summary>The kinds of objects that every manager can make, whoever asks first. A new kind is one line here and one in <see cref="SyncManager"/>.</summary>
internal static class ManagerKinds
{
    private static readonly ObjectKind[] s_all =
    [
        QueueKind.Instance,
        JoinableQueueKind.Instance,
        LockKind.Instance,
        SemaphoreKind.Instance,
        EventKind.Instance,
        ConditionKind.Instance,
        BarrierKind.Instance,
        DictionaryKind.Instance,
        ListKinds.List,
        ListKinds.Array,
        ListKinds.Value,
        SetKind.Instance,
    ];

    /// <summary>Makes them known: a kind registers itself when it is touched.</summary>
    public static int Register() => s_all.Length;
}
