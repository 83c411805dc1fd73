namespace Multiproc.Python.Referents;

/// <summary>Finds what a facade is for Python.</summary>
internal static class ReferentOf
{
    private static readonly Dictionary<Type, Type> s_generic = new()
    {
        [typeof(ListProxy<>)] = typeof(ListReferent<>),
        [typeof(DictionaryProxy<,>)] = typeof(DictionaryReferent<,>),
        [typeof(SetProxy<>)] = typeof(SetReferent<>),
        [typeof(ValueProxy<>)] = typeof(ValueReferent<>),
        [typeof(ArrayProxy<>)] = typeof(ArrayReferent<>),
        [typeof(SharedQueue<>)] = typeof(QueueReferent<>),
        [typeof(SharedJoinableQueue<>)] = typeof(JoinableQueueReferent<>),
    };

    /// <exception cref="NotSupportedException">Python has no such type.</exception>
    public static Referent Facade(SharedObject facade) => facade switch
    {
        SharedLockBase gate => new LockReferent(gate),
        SharedSemaphoreBase semaphore => new SemaphoreReferent(semaphore),
        SharedCondition condition => new ConditionReferent(condition),
        SharedEvent flag => new EventReferent(flag),
        SharedBarrier barrier => new BarrierReferent(barrier),
        NamespaceProxy space => new NamespaceReferent(space),
        _ when facade.GetType() is { IsGenericType: true } type && s_generic.TryGetValue(type.GetGenericTypeDefinition(), out var referent) =>
            (Referent)Activator.CreateInstance(referent.MakeGenericType(type.GetGenericArguments()), facade)!,
        _ => throw new NotSupportedException(
            $"A {facade.Identity} has no counterpart in Python's managers: share a list, dictionary, set, namespace, value, array, queue, lock, semaphore, "
                + "condition, event or barrier."),
    };
}
