namespace Multiproc.Managers;

/// <summary>
/// Refuses a call of an object of this process that could never begin: it is made within a call of object A and would wait for object B, which is busy with a call that
/// waits for A. Both would wait for ever. Calls without a chain cannot close such a circle, and do not come here.
/// </summary>
internal static class CallCycle
{
    private static readonly Lock s_gate = new();

    /// <summary>Those in whose queues calls with a chain may wait.</summary>
    private static readonly HashSet<ObjectRunner> s_waitedFor = [];

    /// <summary>Adds a call to the queue of what it wants, or says why it must not wait there: one after the other, so that of two that close a circle the second sees the first.</summary>
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
                $"The call of {wanted} was refused, since it would wait for ever: it is made within a call of {path[^1]}, and "
                + string.Join(", and ", path.Take(path.Count - 1).Select((each, i) => $"{each} is busy with a call that waits for {path[i + 1]}"))
                + ". Call the objects in the same order everywhere, register them as concurrent, or let one call return before it calls the other object.")
            : null;
    }

    /// <summary>From what is wanted, along "is busy with a call that waits for", to one of those that call.</summary>
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
