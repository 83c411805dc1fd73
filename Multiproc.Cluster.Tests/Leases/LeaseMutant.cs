using Multiproc.Cluster.Leases;
using Multiproc.States;

namespace Multiproc.Cluster.Tests.Leases;

/// <summary>A fault that is put into the leases: the simulation must find it, else it proves nothing.</summary>
public enum LeaseMutant
{
    None,

    /// <summary>A renewal counts from the moment at which its answer comes.</summary>
    CountsFromTheAnswer,

    /// <summary>The lease is not taken away before its end is awaited.</summary>
    NothingIsTaken,

    /// <summary>The last renewal that was seen is taken for the last one that there was.</summary>
    NumbersAreNotCompared,

    /// <summary>Those who wait do so for no longer than the lease lasts, as if all clocks ran at one rate.</summary>
    ThereIsNoMargin,

    /// <summary>A lease is given up although other processes act upon it.</summary>
    PromisesAreForgotten,

    /// <summary>A lease is given up when the time that others were promised has passed by the clock of the node alone.</summary>
    PromisesPassByOneClock,

    /// <summary>Where there is no entry there is no lease.</summary>
    MissingIsOver,

    /// <summary>What a process was told counts from the moment at which it hears it.</summary>
    PromisesCountFromTheAnswer,
}

internal sealed class MutantLease(LeaseMutant mutant) : NodeLease
{
    public override void Renewed(Instant sent, Instant answered) =>
        base.Renewed(mutant == LeaseMutant.CountsFromTheAnswer ? answered : sent, answered);

    public override bool CanBeGivenUp(Instant now) => mutant switch
    {
        LeaseMutant.PromisesAreForgotten => IsOver,
        LeaseMutant.PromisesPassByOneClock => base.CanBeGivenUp(now) || base.CanBeGivenUp(new Instant(now.Ticks + LeaseTimes.ForRates.Ticks)),
        _ => base.CanBeGivenUp(now),
    };
}

internal sealed class MutantEnds(LeaseMutant mutant) : LeaseEnds
{
    private readonly Dictionary<string, LeaseEntry> _last = [];

    public override IReadOnlyList<string> Saw(IReadOnlyDictionary<string, LeaseEntry> entries, Instant now)
    {
        foreach (var (node, entry) in entries)
        {
            _last[node] = entry;
        }

        return base.Saw(entries, now);
    }

    public override void Took(string node, LeaseEntry? entry, Instant now)
    {
        if (mutant == LeaseMutant.NumbersAreNotCompared && entry is { } taken && _last.TryGetValue(node, out var last))
        {
            entry = taken with { Renewals = last.Renewals };
        }

        if (mutant == LeaseMutant.MissingIsOver && entry is null)
        {
            entry = new LeaseEntry(0, IsTaken: true, IsGivenUp: true);
        }

        base.Took(node, entry, mutant == LeaseMutant.ThereIsNoMargin ? new Instant(now.Ticks - (LeaseTimes.OverAfter - LeaseTimes.Lasts).Ticks) : now);
    }
}
