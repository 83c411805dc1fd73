using Multiproc.Torture.Crews;
using Multiproc.Torture.Faults;
using Multiproc.Torture.Measuring;

namespace Multiproc.Torture.Oracles;

/// <summary>Two counters that a read-write lock guards, who writes, who reads, and the last fence, in mapped memory.</summary>
/// <param name="Words">See the constants.</param>
/// <param name="Readers">The process that reads at each seat; 0 for none. The mark of a process that was killed stays.</param>
/// <param name="Entries">How often each seat has written, after it had released the lock.</param>
internal sealed record ReadWritePair(SharedArray<long> Words, SharedArray<long> Readers, SharedArray<long> Entries) : IDisposable
{
    private const int One = 0;
    private const int Other = 1;
    private const int Inside = 2;
    private const int Fence = 3;

    public static ReadWritePair Make(int seats) => new(Mp.RawArray<long>(4), Mp.RawArray<long>(seats), Mp.RawArray<long>(seats));

    /// <summary>Does what a reader may do: looks whether a writer is beside it, and whether the counters are one writer's.</summary>
    public void Read(Seat seat, SharedReadWriteLock gate, Random random)
    {
        Readers.Exchange(seat.Number, Environment.ProcessId);
        if (!gate.Abandoned)
        {
            long one = Words[One];
            Thread.SpinWait(random.Next(50));
            long writer = Words[Inside];
            if (writer != 0 || one != Words[Other])
            {
                seat.Complain($"twice: {gate} is held for reading here while process {writer} writes: {one} and {Words[Other]}");
            }
        }

        Readers.Exchange(seat.Number, 0);
    }

    /// <summary>Does what the writer may do.</summary>
    public void Write(Seat seat, SharedReadWriteLock gate, Random random)
    {
        bool isAbandoned = gate.Abandoned;
        long former = Words.CompareExchange(Inside, Environment.ProcessId, 0);
        if (former != 0)
        {
            if (!isAbandoned)
            {
                seat.Complain($"twice: {gate} is held for writing here while process {former} writes, which has not died");
            }

            Words[Inside] = Environment.ProcessId;
        }

        foreach (long reader in Readers.Span.ToArray().Where(static reader => reader != 0 && !Signals.IsLeaving((int)reader)))
        {
            // A second look: it may have gone meanwhile, since the mark is removed after the hold of a process that dies.
            if (Readers.Span.Contains(reader))
            {
                seat.Complain($"twice: {gate} is held for writing here while process {reader} reads");
            }
        }

        if (isAbandoned)
        {
            Words[Other] = Words[One];
            gate.MarkConsistent();
        }
        else if (Words[One] != Words[Other])
        {
            seat.Complain($"torn: {Words[One]} and {Words[Other]} under {gate}, though no writer died");
        }

        if (gate.Fence <= Words[Fence])
        {
            seat.Complain($"{gate} gave the fence {gate.Fence} after {Words[Fence]}");
        }

        Words[Fence] = gate.Fence;
        Words[One]++;
        Thread.SpinWait(random.Next(50));
        Words[Other]++;
        Words[Inside] = 0;
    }

    /// <summary>Notes that the lock was held for writing and released.</summary>
    public void Left(Seat seat) => Entries.Increment(seat.Number);

    /// <summary>Compares the counter with what each process counted by itself: a death in between explains one.</summary>
    public void Judge(string what, long deaths, Tally tally)
    {
        long difference = Words[One] - Entries.Span.ToArray().Sum();
        tally.Excuse(Math.Clamp(difference, 0, deaths));
        if (difference < 0 || difference > deaths)
        {
            tally.Lose(Math.Abs(difference), $"{what} counted {Words[One]}, its writers {Words[One] - difference}, and {deaths} died");
        }
    }

    public void Dispose()
    {
        Words.Dispose();
        Readers.Dispose();
        Entries.Dispose();
    }
}
