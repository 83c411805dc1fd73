namespace Multiproc.Managers;

/// <summary>
/// Detects deadlocks between objects of this process: a call made within a call of object A would wait for object B, which is busy with a call that waits for
/// A. Such a call could never begin and is rejected. Calls without a chain cannot close such a cycle and are not checked.
/// </summary>
internal static class CallCycle
{
    private static readonly Lock s_gate = new();

    /// <summary>The runners in whose queues calls with a chain may wait.</summary>
    private static readonly HashSet<ObjectRunner> s_waitedFor = [];

    /// <summary>
    /// Adds a call to the queue of the wanted object, or returns why it must not wait there. Serialized, so that of two calls that close a cycle the second
    /// sees the first.
    /// </summary>
    public static DeadlockException? Add(ObjectRunner wanted, long[] chain, Action enqueue)
    {
        lock (s_gate)
        {
            s_waitedFor.RemoveWhere(static each => each.WaitingChains().Length == 0);
            if (Find(wanted, chain) is { } cycle)
            {
                return cycle;
            }

            enqueue();
            s_waitedFor.Add(wanted);
            return null;
        }
    }

    private static DeadlockException? Find(ObjectRunner wanted, long[] chain)
    {
        var callers = CallFrame.OwnersOf(chain).OfType<ObjectRunner>().ToHashSet();
        var path = new List<ObjectRunner>();
        return callers.Count > 0 && Leads(wanted, callers, [], path)
            ? new DeadlockException(
                $"The call of {wanted} was refused, since it would wait forever: it is made within a call of {path[^1]}, and "
                + string.Join(", and ", path.Take(path.Count - 1).Select((each, i) => $"{each} is busy with a call that waits for {path[i + 1]}"))
                + ". Call the objects in the same order everywhere, register them as concurrent, or let one call return before it calls the other object.")
            : null;
    }

    /// <summary>Searches a path from the wanted object, along "is busy with a call that waits for", to one of the callers.</summary>
    private static bool Leads(ObjectRunner at, HashSet<ObjectRunner> callers, HashSet<ObjectRunner> seen, List<ObjectRunner> path)
    {
        path.Add(at);
        if (path.Count > 1 && callers.Contains(at))
        {
            return true;
        }

        if (seen.Add(at) && s_waitedFor.Any(next => CallFrame.RunsOn(at, next.WaitingChains()) && Leads(next, callers, seen, path)))
        {
            return true;
        }

        path.RemoveAt(path.Count - 1);
        return false;
    }
}
