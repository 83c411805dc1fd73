using System.Collections.Concurrent;
using System.Diagnostics;

namespace Multiproc.Torture.Faults;

/// <summary>Performs the faults of a plan when their times come.</summary>
/// <param name="plan">The faults, in order of time.</param>
/// <param name="loads">The loads by name.</param>
internal sealed class Injector(IReadOnlyList<Fault> plan, IReadOnlyDictionary<string, ITortureLoad> loads)
{
    /// <summary>Stopped processes, by the time at which they go on.</summary>
    private readonly PriorityQueue<int, TimeSpan> _stopped = new();
    private readonly ConcurrentQueue<string> _log = new();
    private int _next;

    /// <summary>What was done, a line for each.</summary>
    public IReadOnlyCollection<string> Log => _log;

    /// <summary>Performs what is due.</summary>
    public void Advance(TimeSpan now)
    {
        while (_stopped.TryPeek(out int pid, out var until) && until <= now)
        {
            _stopped.Dequeue();
            Signals.Send(pid, Signals.Continue);
        }

        for (; _next < plan.Count && plan[_next].At <= now; _next++)
        {
            Perform(plan[_next], now);
        }
    }

    /// <summary>Lets all stopped processes go on.</summary>
    public void Finish()
    {
        while (_stopped.TryDequeue(out int pid, out _))
        {
            Signals.Send(pid, Signals.Continue);
        }
    }

    private void Perform(Fault fault, TimeSpan now)
    {
        var load = loads[fault.Load];
        var victims = load.Victims().Where(each => fault.Kind switch
        {
            FaultKind.Segfault => each.TakesOrders,
            FaultKind.Memory => each.HasMemoryLimit,
            _ => true,
        }).ToList();
        if (victims.Count == 0)
        {
            _log.Enqueue($"{fault}: nobody to hit");
            return;
        }

        var victim = victims[fault.Choice % victims.Count];
        load.Tally.ToldToFail(victim.Pid, fault.Kind);
        bool sent = Signals.Send(victim.Pid, fault.Kind switch
        {
            FaultKind.Kill => Signals.Kill,
            FaultKind.Stop => Signals.Stop,
            FaultKind.Segfault => Signals.User1,
            FaultKind.Memory => Signals.User2,
            _ => throw new UnreachableException(),
        });
        if (sent && fault.Kind == FaultKind.Stop)
        {
            _stopped.Enqueue(victim.Pid, now + fault.Pause);
        }

        if (sent)
        {
            load.Tally.CountFault(fault.Kind);
        }

        _log.Enqueue($"{fault}: process {victim.Pid}{(sent ? "" : " was gone")}");
    }
}
