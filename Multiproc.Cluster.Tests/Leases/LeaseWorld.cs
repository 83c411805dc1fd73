using Multiproc.Cluster.Leases;
using Multiproc.Cluster.Tests.Simulation;

namespace Multiproc.Cluster.Tests.Leases;

/// <summary>
/// Leases in virtual time, on one thread: a node whose processes act upon its lease, two others who wait for its end, and a storage that is slow, loses
/// questions and answers, and is away for a while. Every clock has a rate and a value of its own. Everything follows from the seed.
/// </summary>
internal sealed class LeaseWorld
{
    private const string Holder = "holder";

    private readonly PriorityQueue<Action, (long Time, long Order)> _events = new();
    private readonly Random _random;
    private readonly LeaseMutant _mutant;
    private readonly LeaseHolder _holder;
    private readonly LeaseWaiter[] _waiters;
    private (long Renewals, bool IsTaken, bool IsGivenUp)? _entry = (0, false, false);
    private long _order;
    private long _outageEnds;

    public LeaseWorld(int seed, LeaseMutant mutant)
    {
        (_random, _mutant) = (new Random(seed), mutant);
        _holder = new LeaseHolder(this, mutant);
        _waiters = [new LeaseWaiter(this, mutant), new LeaseWaiter(this, mutant)];
    }

    public long Now { get; private set; }

    public int Outages { get; private set; }

    /// <summary>How long the waiters had to wait, by the time of the world.</summary>
    public List<long> Waits { get; } = [];

    public bool Chance(double probability) => _random.NextDouble() < probability;

    public long Between(double from, double to) => (long)((from + (_random.NextDouble() * (to - from))) * TimeSpan.TicksPerSecond);

    public SimClock NewClock() => new(0.95 + (_random.NextDouble() * 0.1), Between(0, 7200));

    public void After(long ticks, Action happens) => _events.Enqueue(happens, (Now + Math.Max(0, ticks), ++_order));

    public void Run()
    {
        _holder.Begin();
        long end = Between(2, 8);
        foreach (var waiter in _waiters)
        {
            waiter.Begin(end + Between(0, 1));
        }

        After(Between(0, 8), Outage);
        if (Chance(0.3))
        {
            After(end - Between(-1, 1), _holder.Leave);
        }

        if (Chance(0.2))
        {
            // Somebody clears the table, as a new cluster on the journal does.
            After(end - Between(-1, 1), () => _entry = null);
        }

        while (!Array.TrueForAll(_waiters, static each => each.IsDone))
        {
            SimViolation.If(!_events.TryDequeue(out var happens, out var at) || at.Time > TimeSpan.FromSeconds(60).Ticks, "a lease never ends");
            Now = at.Time;
            happens!();
        }
    }

    /// <summary>A waiter says that the lease is over: whoever acts upon it must know.</summary>
    public void Over(long begun)
    {
        Waits.Add(Now - begun);
        SimViolation.If(_holder.ActsStill, "somebody is given what others act upon still");
    }

    /// <summary>Carries a question to the storage, does it there, and carries the answer back; any of that may fail or be late.</summary>
    public void Ask<T>(Func<T> execute, Action<T> answered, Action failed)
    {
        if (Now < _outageEnds || Chance(0.05))
        {
            After(Between(0, 0.2), failed);
            return;
        }

        After(Delay(), () =>
        {
            var result = execute();
            if (Chance(0.05))
            {
                failed();
            }
            else
            {
                After(Delay(), () => answered(result));
            }
        });
    }

    public bool Renew()
    {
        if (_entry is not { IsTaken: false, IsGivenUp: false } entry)
        {
            return false;
        }

        _entry = entry with { Renewals = entry.Renewals + 1 };
        return true;
    }

    public bool GiveUp()
    {
        if (_entry is { } entry)
        {
            _entry = entry with { IsTaken = true, IsGivenUp = true };
        }

        return true;
    }

    public LeaseEntry? Take()
    {
        if (_mutant != LeaseMutant.NothingIsTaken && _entry is { } entry)
        {
            _entry = entry with { IsTaken = true };
        }

        return Look();
    }

    public Dictionary<string, LeaseEntry> LookAll() => Look() is { } entry ? new() { [Holder] = entry } : [];

    private LeaseEntry? Look() => _entry is { } entry ? new LeaseEntry(entry.Renewals, entry.IsTaken, entry.IsGivenUp) : null;

    private long Delay() => Chance(0.1) ? Between(0, 3) : Between(0, 0.05);

    private void Outage()
    {
        Outages++;
        _outageEnds = Now + Between(0, 3);
    }

    public static string NameOfHolder => Holder;
}

/// <summary>A clock that shows something else than others, and runs at a rate of its own.</summary>
internal readonly record struct SimClock(double Rate, long Offset)
{
    public States.Instant At(long time) => new(Offset + (long)(time * Rate));

    /// <summary>How long something lasts in the world that lasts so long by this clock.</summary>
    public long Lasts(TimeSpan time) => (long)(time.Ticks / Rate);
}
