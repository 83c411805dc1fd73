using Multiproc.Torture.Crews;
using Multiproc.Torture.Faults;
using Multiproc.Torture.Measuring;

namespace Multiproc.Torture.Oracles;

/// <summary>Two counters that a read-write lock guards, who writes, and who reads, in mapped memory.</summary>
/// <param name="Written">What writers do, one at a time, and readers look at.</param>
/// <param name="Readers">The process that reads at each seat; 0 for none. The mark of a process that was killed stays.</param>
internal sealed record ReadWritePair(GuardedPair Written, SharedArray<long> Readers) : IDisposable
{
    public static ReadWritePair Make(int seats) => new(GuardedPair.Make(seats), Mp.RawArray<long>(seats));

    /// <summary>Does what a reader may do: looks whether a writer is beside it, and whether the counters are one writer's.</summary>
    public void Read(Seat seat, SharedReadWriteLock gate, Random random)
    {
        Readers.Exchange(seat.Number, Environment.ProcessId);
        if (!gate.Abandoned && Written.Look(random) is var (one, other, writer) && (writer != 0 || one != other))
        {
            seat.Complain($"twice: {gate} is held for reading here while process {writer} writes: {one} and {other}");
        }

        Readers.Exchange(seat.Number, 0);
    }

    /// <summary>Does what the writer may do.</summary>
    public void Write(Seat seat, SharedReadWriteLock gate, Random random)
    {
        foreach (long reader in Readers.Span.ToArray().Where(static reader => reader != 0 && !Signals.IsLeaving((int)reader)))
        {
            // A second look: it may have gone meanwhile, since the mark is removed after the hold of a process that dies.
            if (Readers.Span.Contains(reader))
            {
                seat.Complain($"twice: {gate} is held for writing here while process {reader} reads");
            }
        }

        Written.Use(seat, SoleHold.Of(gate), random);
    }

    /// <summary>Notes that the lock was held for writing and released.</summary>
    public void Left(Seat seat) => Written.Left(seat);

    /// <inheritdoc cref="GuardedPair.Judge"/>
    public void Judge(string what, long deaths, Tally tally) => Written.Judge(what, deaths, tally);

    public void Dispose()
    {
        Written.Dispose();
        Readers.Dispose();
    }
}
