using System.Diagnostics;
using Multiproc.Torture.Faults;
using Multiproc.Torture.Measuring;

namespace Multiproc.Torture.Crews;

/// <summary>The processes of a load. One that died is replaced; one that no longer does turns is a hang.</summary>
internal sealed class Crew : IDisposable
{
    private readonly Lock _gate = new();
    private readonly ChildProcess?[] _members;
    private readonly (long Turns, long Since)[] _seen;
    private readonly string _name;
    private readonly Tally _tally;
    private readonly Complaints _complaints;
    private readonly Random _random;
    private readonly Func<Seat, ProcessOptions, ChildProcess> _make;

    /// <param name="name">The name of the load.</param>
    /// <param name="settings">The settings of the run.</param>
    /// <param name="tally">Where deaths and hangs are counted.</param>
    /// <param name="make">Makes the process for a seat, not yet started.</param>
    public Crew(string name, LoadSettings settings, Tally tally, Func<Seat, ProcessOptions, ChildProcess> make)
    {
        (_name, _tally, _complaints, _make) = (name, tally, settings.Complaints, make);
        _random = new Random(FaultPlan.SeedOf(settings.Seed, name));
        _members = new ChildProcess?[settings.Crew];
        _seen = new (long, long)[settings.Crew];
        Turns = Mp.RawArray<long>(settings.Crew);
    }

    /// <summary>How many turns were done at each seat.</summary>
    public SharedArray<long> Turns { get; }

    public int Size => _members.Length;

    /// <summary>Starts a process at each seat that has none or a dead one.</summary>
    /// <param name="died">Called for each seat whose process has died, before another has it.</param>
    public void Refill(Action<int>? died = null)
    {
        for (int seat = 0; seat < _members.Length; seat++)
        {
            if (_members[seat] is { } member && member.IsAlive)
            {
                LookForAHang(seat, member);
                continue;
            }

            if (_members[seat] is { } dead)
            {
                Bury(seat, dead);
                died?.Invoke(seat);
            }

            // Every other one has a limit of memory; the others may come from warm processes.
            var options = seat % 2 == 0 ? new ProcessOptions { MemoryLimit = Limits.Heap } : new ProcessOptions();
            var fresh = _make(new Seat(_name, seat, _random.Next(), Turns, _complaints), options);
            fresh.Start();
            _seen[seat] = (Turns[seat], Stopwatch.GetTimestamp());
            lock (_gate)
            {
                _members[seat] = fresh;
            }
        }

        _tally.SetOperations(Turns.Span.ToArray().Sum());
    }

    public IReadOnlyList<Victim> Victims()
    {
        lock (_gate)
        {
            return [.. _members.Index().Where(static each => each.Item is { IsAlive: true, Pid: not null })
                .Select(static each => new Victim(each.Item!.Pid!.Value, TakesOrders: true, HasMemoryLimit: each.Index % 2 == 0))];
        }
    }

    /// <summary>Kills all and waits for their ends.</summary>
    public void End(Action<int>? died = null)
    {
        for (int seat = 0; seat < _members.Length; seat++)
        {
            if (_members[seat] is { } member)
            {
                member.Kill();
                Bury(seat, member);
                died?.Invoke(seat);
            }
        }

        _tally.SetOperations(Turns.Span.ToArray().Sum());
    }

    public void Dispose()
    {
        foreach (var member in _members)
        {
            member?.Dispose();
        }

        Turns.Dispose();
    }

    private void Bury(int seat, ChildProcess dead)
    {
        try
        {
            if (!dead.Join(Limits.Bound))
            {
                _tally.Hang($"{dead} is not gone {Limits.Bound.TotalSeconds:0} s after its death");
            }
        }
        catch (ProcessStartException) when (dead.ExitCode < 0)
        {
            // It was hit before it ran any code of its own: the library says so.
        }

        if (dead.ExitCode is not (-Signals.Kill or -Signals.User1 or -Signals.User2 or -11) && !_tally.MayEndAnyhow(dead.Pid!.Value))
        {
            _tally.Break($"{dead} ended with exit code {dead.ExitCode}, though nobody killed it");
        }

        _tally.CountDeath();
        lock (_gate)
        {
            _members[seat] = null;
        }

        dead.Dispose();
    }

    private void LookForAHang(int seat, ChildProcess member)
    {
        long turns = Turns[seat];
        if (turns != _seen[seat].Turns || Signals.IsStopped(member.Pid!.Value))
        {
            _seen[seat] = (turns, Stopwatch.GetTimestamp());
        }
        else if (Stopwatch.GetElapsedTime(_seen[seat].Since) > Limits.Bound + TimeSpan.FromSeconds(30))
        {
            _tally.Hang($"{member} has done nothing for {Stopwatch.GetElapsedTime(_seen[seat].Since).TotalSeconds:0} s");
            member.Kill();
        }
    }
}
