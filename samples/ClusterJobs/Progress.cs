using System.Diagnostics;
using Multiproc;

namespace ClusterJobs;

/// <summary>Says how far the run is, twice a second, and does something when half of it is done.</summary>
internal sealed class Progress(int batches, ProcessPool pool, Action atHalf)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(0.5);

    private readonly Lock _gate = new();
    private readonly long _begun = Stopwatch.GetTimestamp();
    private long _said;
    private int _done;
    private bool _isHalf;

    public void Done(string what, int redeliveries)
    {
        bool half;
        lock (_gate)
        {
            _done++;
            half = !_isHalf && _done * 2 >= batches;
            _isHalf |= half;
            if (redeliveries > 0 || _done == batches || Stopwatch.GetElapsedTime(_said) > s_pause)
            {
                _said = Stopwatch.GetTimestamp();
                int nodes = pool.Insights().Nodes.Count(static each => each is { State: "used", Workers: > 0 });
                Console.WriteLine($"{_done} of {batches} batches after {Stopwatch.GetElapsedTime(_begun).TotalSeconds:0.0} s, {nodes} nodes: {what}"
                    + (redeliveries > 0 ? ", not for the first time" : ""));
            }
        }

        if (half)
        {
            atHalf();
        }
    }
}
