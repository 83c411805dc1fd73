using Multiproc.Cluster.Journal;
using Multiproc.Cluster.Sessions;
using Multiproc.States;

namespace Multiproc.Cluster.Entities;

/// <summary>What an event of an entity wants done, as data. The shell performs and clears them after each event.</summary>
internal sealed class EntityEffects
{
    public List<ToGateway> Sends { get; } = [];

    /// <summary>
    /// Records to append right after the last known one, all or none. When that fails, for whatever reason, the core must be thrown away: whether they were
    /// written is not known, and the journal will tell.
    /// </summary>
    public IReadOnlyList<JournalRecord>? Append { get; set; }

    /// <summary>Whether to come back in a moment, for records that wait for others to go with.</summary>
    public bool Postpone { get; set; }

    /// <summary>Whether the journal is to be asked for its last number.</summary>
    public bool Confirm { get; set; }

    /// <summary>The moment of the owner's clock to report a passed deadline; null when it did not change.</summary>
    public Instant? Deadline { get; set; }

    /// <summary>Another owner has written to the journal: this one must stop.</summary>
    public bool IsFenced { get; set; }

    /// <summary>
    /// All records up to this number say nothing any more, once those who wait for results have had time to hear of them; null when that did not change.
    /// </summary>
    public long? Forget { get; set; }

    /// <summary>This owner was asked to stop, and has nothing left that would be lost.</summary>
    public bool IsStopped { get; set; }

    public void Clear()
    {
        Sends.Clear();
        (Append, Postpone, Confirm, Deadline, IsFenced, Forget, IsStopped) = (null, false, false, null, false, null, false);
    }
}
