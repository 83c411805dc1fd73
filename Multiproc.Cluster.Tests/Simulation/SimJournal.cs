using Multiproc.Cluster.Journal;

namespace Multiproc.Cluster.Tests.Simulation;

/// <summary>
/// The journal of one object in a database that may be slow, fail, and commit what it then reports as failed. It takes a record only at the next number.
/// </summary>
internal sealed class SimJournal(SimWorld world)
{
    private readonly List<JournalRecord> _records = [];
    private long _created;

    public int Count => _records.Count;

    public IReadOnlyList<JournalRecord> Records => _records;

    public int Failures { get; private set; }

    public void Append(long after, IReadOnlyList<JournalRecord> records, Action<bool> done) => world.After(world.Delay(), () =>
    {
        bool isLost = world.IsChaos && world.Chance(0.04);
        bool isRefused = after != Count && world.Mutant != Mutant.JournalIsNotFenced;
        if (!isLost && !isRefused)
        {
            _records.AddRange(records);
            _created += records.Count(static record => record is JournalRecord.Created);
            SimViolation.If(_created > 0 && !world.Wanted.Contains(_created), "an object was created that nobody has asked for");
        }

        bool ok = !isLost && !isRefused && !(world.IsChaos && world.Chance(0.04));
        Failures += ok ? 0 : 1;
        world.After(world.Delay(), () => done(ok));
    });

    public void Read(Action<JournalRecord[]> done) => world.After(world.Delay(), () =>
    {
        JournalRecord[] copy = [.. _records];
        world.After(world.Delay(), () => done(copy));
    });

    public void ReadLast(Action<long> done) => world.After(world.Delay(), () =>
    {
        long last = Count;
        world.After(world.Delay(), () => done(last));
    });
}
