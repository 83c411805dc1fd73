using System.Diagnostics;
using Multiproc.Torture.Crews;
using Multiproc.Torture.Faults;
using Multiproc.Torture.Measuring;
using Multiproc.Torture.Oracles;

namespace Multiproc.Torture.Loads;

/// <summary>
/// A manager with dictionaries, one within the other, a list and a lock. Counts are exact, transfers keep their sum; when the manager itself dies, its users
/// get a <see cref="ConnectionLostException"/> in time, and go on with another one.
/// </summary>
internal sealed class ManagerLoad(LoadSettings settings) : CrewLoad("managers", settings)
{
    private const int Accounts = 8;

    private Objects? _shared;
    private SyncManager? _manager;
    private GuardedPair? _pair;
    private SharedArray<long>? _counted;
    private long _generation;

    public override IReadOnlyList<Victim> Victims()
    {
        var crew = base.Victims();

        // The manager is hit more rarely than its users.
        return Volatile.Read(ref _manager) is { } manager && crew.Count > 0
            ? [.. crew, .. crew, new Victim(manager.Pid, TakesOrders: false, HasMemoryLimit: false)]
            : crew;
    }

    public override void Dispose()
    {
        base.Dispose();
        _manager?.Dispose();
        _pair?.Dispose();
        _counted?.Dispose();
    }

    protected override void MakeObjects()
    {
        _pair = GuardedPair.Make(Settings.Crew);
        _counted = Mp.RawArray<long>(Settings.Crew);
        NewManager();
    }

    protected override ChildProcess MakeProcess(Seat seat, ProcessOptions options) =>
        Mp.GetContext(StartMethod.ForkServer).Process(Work, seat, _shared!, options: options);

    protected override void OwnTurn()
    {
        long asked = Stopwatch.GetTimestamp();
        try
        {
            Audit();
        }
        catch (ConnectionLostException)
        {
            if (Stopwatch.GetElapsedTime(asked) > Limits.Bound)
            {
                Tally.Hang($"a call to a manager that was killed took {Stopwatch.GetElapsedTime(asked).TotalSeconds:0} s");
            }

            // Its users note it by themselves, and end in their time: none is killed by this.
            Replace();
        }

        Thread.CurrentThread.Join(5);
    }

    protected override void Judge()
    {
        try
        {
            Audit();
            long counted = _shared!.Counts.Get("all", 0L);
            long noted = _counted!.Span.ToArray().Sum();
            if (counted < noted || counted > noted + Deaths)
            {
                Tally.Lose(Math.Abs(counted - noted), $"the dictionary counted {counted}, its users {noted}, and {Deaths} died");
            }

            Limits.Came(_shared.Gate.Acquire(Limits.Bound), "a manager's lock, whose users are all dead,");
            _pair!.Judge("a manager's lock", Deaths, Tally);
        }
        catch (ConnectionLostException)
        {
            Tally.Excuse(); // The manager was the last victim: what it held is gone with it.
        }
    }

    private static void Work(Seat seat, Objects shared) => seat.Work(random =>
    {
        try
        {
            Once(seat, shared, random);
        }
        catch (ConnectionLostException)
        {
            // The manager is dead. The parent starts another one, and ends this process, whose objects are gone.
            Thread.CurrentThread.Join(10);
        }
    });

    private static void Once(Seat seat, Objects shared, Random random)
    {
        switch (random.Next(5))
        {
            case 0:
                shared.Counts.Increment("all");
                shared.Noted.Increment(seat.Number);
                break;
            case 1:
                int from = random.Next(Accounts), to = (from + random.Next(1, Accounts)) % Accounts;
                shared.Nested["accounts"].IncrementMany([new($"{from}", -1), new($"{to}", 1)]);
                break;
            case 2:
                shared.Nested["accounts"].Update("0", static amount => amount);
                break;
            case 3:
                if (shared.Names.Count < 50)
                {
                    shared.Names.Add($"{seat.Number}");
                }
                else
                {
                    shared.Names.Clear();
                }

                break;
            default:
                Limits.Came(shared.Gate.Acquire(Limits.Bound), "A manager's lock");
                shared.Pair.Use(seat, SoleHold.Of(shared.Gate), random);
                shared.Gate.Release();
                shared.Pair.Left(seat);
                break;
        }
    }

    /// <summary>The transfers between accounts of the nested dictionary are atomic: every look at it sees the same sum.</summary>
    private void Audit()
    {
        long sum = _shared!.Nested["accounts"].GetValue().Values.Sum();
        if (sum != 0)
        {
            Tally.Break($"torn: the accounts of the nested dictionary add up to {sum}");
        }
    }

    private void Replace()
    {
        Tally.CountDeath();
        Crew.End();
        _manager!.Dispose();
        _pair!.Words.Span.Clear();
        _pair.Entries.Span.Clear();
        _counted!.Span.Clear();
        NewManager();
        Crew.Refill();
    }

    private void NewManager()
    {
        // It may be killed while these are made.
        while (true)
        {
            var manager = Mp.Manager();
            try
            {
                var nested = manager.Dictionary<string, DictionaryProxy<string, long>>();
                nested["accounts"] = manager.Dictionary<string, long>();
                nested["accounts"]["0"] = 0;
                _shared = new Objects(nested, manager.Dictionary<string, long>(), manager.List<string>(), manager.Lock(), _pair!, _counted!, ++_generation);
                Volatile.Write(ref _manager, manager);
                return;
            }
            catch (ConnectionLostException)
            {
                manager.Dispose();
            }
        }
    }

    private sealed record Objects(
        DictionaryProxy<string, DictionaryProxy<string, long>> Nested,
        DictionaryProxy<string, long> Counts,
        ListProxy<string> Names,
        SharedLock Gate,
        GuardedPair Pair,
        SharedArray<long> Noted,
        long Generation);
}
