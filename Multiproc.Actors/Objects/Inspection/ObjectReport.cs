namespace Multiproc;

/// <summary>One who holds or waits.</summary>
/// <param name="Pid">The process id of the operating system; 0 when the process has not said it.</param>
/// <param name="Thread">The managed thread there; 0 when any thread of the process is meant.</param>
public readonly record struct ObjectParty(int Pid, int Thread)
{
    /// <summary>Names process and thread.</summary>
    /// <returns>For example "process 4711, thread 4".</returns>
    public override string ToString() => Thread == 0 ? $"process {Pid}" : $"process {Pid}, thread {Thread}";
}

/// <summary>Somebody who has something of an object.</summary>
/// <param name="Who">Who.</param>
/// <param name="Count">How much: levels of a lock, permits of a semaphore, items of a queue.</param>
public readonly record struct ObjectHolder(ObjectParty Who, long Count);

/// <summary>Somebody who waits at an object.</summary>
/// <param name="Who">Who.</param>
/// <param name="Waited">For how long, so far.</param>
public readonly record struct ObjectWaiter(ObjectParty Who, TimeSpan Waited);

/// <summary>What an object that lives in this process looked like at one moment.</summary>
public sealed record ObjectReport
{
    /// <summary>Its number in this process, as its <see cref="object.ToString"/> tells it.</summary>
    public required long Id { get; init; }

    /// <summary>What it is: "lock" for both kinds of locks, "queue", "SharedArray&lt;Int32&gt;[10]".</summary>
    public required string Type { get; init; }

    /// <summary>How many bytes of shared memory it has.</summary>
    public required long Bytes { get; init; }

    /// <summary>Who has something of it.</summary>
    public IReadOnlyList<ObjectHolder> Holders { get; init; } = [];

    /// <summary>Who waits at it, the longest first.</summary>
    public IReadOnlyList<ObjectWaiter> Waiters { get; init; } = [];

    /// <summary>Its numbers by name, such as "items" of a queue and "permits" of a semaphore.</summary>
    public IReadOnlyDictionary<string, long> Counts { get; init; } = new Dictionary<string, long>();

    /// <summary>All of it in a line.</summary>
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
