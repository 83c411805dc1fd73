using System.Diagnostics;
using Multiproc.Torture.Faults;
using Multiproc.Torture.Measuring;

namespace Multiproc.Torture.Crews;

/// <summary>The place of a process in the crew of a load, as that process sees it. A dead process's successor has the same number.</summary>
/// <param name="Load">The name of the load.</param>
/// <param name="Number">From 0.</param>
/// <param name="Seed">Of the choices of this process.</param>
/// <param name="Turns">How many turns were done at each seat, in mapped memory: they survive their process.</param>
/// <param name="Complaints">Where to tell of broken promises.</param>
internal sealed record Seat(string Load, int Number, int Seed, SharedArray<long> Turns, Complaints Complaints)
{
    /// <summary>Does turns until the process is killed.</summary>
    public void Work(Action<Random> turn)
    {
        Orders.Take();
        var random = new Random(Seed);
        try
        {
            while (true)
            {
                long begun = Stopwatch.GetTimestamp();
                try
                {
                    turn(random);
                    Turns.Increment(Number);
                }
                catch (MultiprocTimeoutException) when (Stopwatch.GetElapsedTime(begun) < Limits.Lateness)
                {
                    // A call that is not to wait says so when its node has no processor for 2 s. Nothing was done; calls with a bound end much later.
                }
            }
        }
        catch (Exception failure)
        {
            Orders.EndIfEating();
            Complaints.Tell(Load, failure.ToString());
            throw;
        }
    }

    /// <summary>Tells of a broken promise and goes on.</summary>
    public void Complain(string what) => Complaints.Tell(Load, what);
}
