namespace Multiproc;

/// <summary>A thread, or a whole process, that holds an object or waits for one.</summary>
/// <param name="Pid">The operating system's process id; 0 when it is not known.</param>
/// <param name="Thread">The managed thread id in that process; 0 for any thread of the process.</param>
public readonly record struct ObjectParty(int Pid, int Thread)
{
    /// <summary>Returns the process and the thread.</summary>
    /// <returns>For example "process 4711, thread 4".</returns>
    public override string ToString() => Thread == 0 ? $"process {Pid}" : $"process {Pid}, thread {Thread}";
}

/// <summary>A holder of an object, with the amount that it holds.</summary>
/// <param name="Who">The holder.</param>
/// <param name="Count">The amount: levels of a lock, permits of a semaphore, items of a queue.</param>
public readonly record struct ObjectHolder(ObjectParty Who, long Count);

/// <summary>A waiter for an object.</summary>
/// <param name="Who">The waiter.</param>
/// <param name="Waited">How long it has waited so far.</param>
public readonly record struct ObjectWaiter(ObjectParty Who, TimeSpan Waited);

/// <summary>A snapshot of an object that lives in this process: its holders, waiters and counts at one moment.</summary>
public sealed record ObjectReport
{
    /// <summary>The number of the object in this process, as in its <see cref="object.ToString"/>.</summary>
    public required long Id { get; init; }

    /// <summary>The type of the object, for example "lock" (recursive or not), "queue" or "SharedArray&lt;Int32&gt;[10]".</summary>
    public required string Type { get; init; }

    /// <summary>The size of the object's shared memory in bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>The current holders.</summary>
    public IReadOnlyList<ObjectHolder> Holders { get; init; } = [];

    /// <summary>The current waiters, longest wait first.</summary>
    public IReadOnlyList<ObjectWaiter> Waiters { get; init; } = [];

    /// <summary>Counts by name, such as "items" for a queue and "permits" for a semaphore.</summary>
    public IReadOnlyDictionary<string, long> Counts { get; init; } = new Dictionary<string, long>();

    /// <summary>Returns the whole report in one line.</summary>
    /// <returns>For example "lock 7: held by process 4711, thread 4; 2 wait, for up to 1.5 s; fence 12".</returns>
    public override string ToString() => string.Join("; ", Parts());

    private IEnumerable<string> Parts()
    {
        yield return $"{Type} {Id}: {(Holders.Count == 0 ? "held by nobody" : $"held by {string.Join(" and ", Holders.Select(static each => each.Who))}")}";
        if (Waiters.Count > 0)
        {
            yield return FormattableString.Invariant($"{Waiters.Count} wait, for up to {Waiters[0].Waited.TotalSeconds:0.###} s");
        }

        foreach (var (name, count) in Counts)
        {
            yield return $"{name} {count}";
        }
    }
}
