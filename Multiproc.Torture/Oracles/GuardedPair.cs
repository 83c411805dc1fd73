using Multiproc.Torture.Crews;
using Multiproc.Torture.Measuring;

namespace Multiproc.Torture.Oracles;

/// <summary>Two counters that a lock guards, who is inside, and the last fence, in mapped memory. Each holder checks what the lock promises.</summary>
/// <param name="Words">See the constants.</param>
/// <param name="Entries">How often each seat has left, after it had released the lock.</param>
internal sealed record GuardedPair(SharedArray<long> Words, SharedArray<long> Entries) : IDisposable
{
    private const int One = 0;
    private const int Other = 1;
    private const int Inside = 2;
    private const int Fence = 3;

    public static GuardedPair Make(int seats) => new(Mp.RawArray<long>(4), Mp.RawArray<long>(seats));

    /// <summary>Does what the only holder of the lock may do.</summary>
    public void Use(Seat seat, SoleHold hold, Random random)
    {
        long former = Words.CompareExchange(Inside, Environment.ProcessId, 0);
        if (former != 0)
        {
            if (!hold.IsAbandoned)
            {
                seat.Complain($"twice: {hold.Lock} is held here while process {former} is inside, which has not died");
            }

            Words[Inside] = Environment.ProcessId;
        }

        if (hold.IsAbandoned)
        {
            Words[Other] = Words[One];
            hold.MarkConsistent();
        }
        else if (Words[One] != Words[Other])
        {
            seat.Complain($"torn: {Words[One]} and {Words[Other]} under {hold.Lock}, though no holder died");
        }

        if (hold.Fence <= Words[Fence])
        {
            seat.Complain($"{hold.Lock} gave the fence {hold.Fence} after {Words[Fence]}");
        }

        Words[Fence] = hold.Fence;
        Words[One]++;
        Thread.SpinWait(random.Next(50));
        Words[Other]++;
        Words[Inside] = 0;
    }

    /// <summary>Looks at the counters, one after the other, and then at who is inside: 0 for nobody.</summary>
    public (long One, long Other, long Inside) Look(Random random)
    {
        long one = Words[One];
        Thread.SpinWait(random.Next(50));
        long inside = Words[Inside];
        return (one, Words[Other], inside);
    }

    /// <summary>Notes that the lock was used and released.</summary>
    public void Left(Seat seat) => Entries.Increment(seat.Number);

    /// <summary>Compares the counter with what each process counted by itself: a death in between explains one.</summary>
    public void Judge(string what, long deaths, Tally tally)
    {
        long difference = Words[One] - Entries.Span.ToArray().Sum();
        tally.Excuse(Math.Clamp(difference, 0, deaths));
        if (difference < 0 || difference > deaths)
        {
            tally.Lose(Math.Abs(difference), $"{what} counted {Words[One]}, its users {Words[One] - difference}, and {deaths} died");
        }
    }

    public void Dispose()
    {
        Words.Dispose();
        Entries.Dispose();
    }
}
