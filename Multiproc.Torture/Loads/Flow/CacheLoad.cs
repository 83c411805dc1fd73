using Multiproc.Torture.Crews;
using Multiproc.Torture.Faults;

namespace Multiproc.Torture.Loads.Flow;

/// <summary>
/// A cache whose values are made by whoever asks first. One living process makes a value at a time, all see the same one, and a factory that fails or dies is
/// followed by that of another.
/// </summary>
internal sealed class CacheLoad(LoadSettings settings) : CrewLoad("caches", settings)
{
    /// <summary>The most keys in a run; one comes with each turn of this process.</summary>
    private const int Most = 1 << 20;
    private const int AtATime = 4;
    private const int Judged = 100;

    private Objects? _shared;

    public override void Dispose()
    {
        base.Dispose();
        _shared?.Dispose();
    }

    protected override void MakeObjects() =>
        _shared = new Objects(Mp.Cache<int, long>(), Mp.RawArray<long>(Most), Mp.RawArray<long>(Most), Mp.RawValue(0));

    protected override ChildProcess MakeProcess(Seat seat, ProcessOptions options) =>
        Mp.GetContext(StartMethod.ForkServer).Process(Work, seat, _shared!, options: options);

    protected override void OwnTurn()
    {
        _shared!.First.Value = Math.Min(_shared.First.Value + 1, Most - AtATime);
        Thread.CurrentThread.Join(5);
    }

    protected override void Judge()
    {
        int last = _shared!.First.Value + AtATime;
        for (int key = Math.Max(0, last - Judged); key < last; key++)
        {
            try
            {
                long value = _shared.Cache.GetOrAdd(key, static _ => 1, Limits.Bound);
                if (_shared.Values[key] is var seen && seen != 0 && seen != value)
                {
                    Tally.Lose(1, $"the value {seen} of key {key}, which is {value} now");
                }
            }
            catch (MultiprocTimeoutException)
            {
                Tally.Hang($"the value of key {key}, whose makers are all dead");
            }
        }
    }

    private static void Work(Seat seat, Objects shared)
    {
        long made = 0;
        seat.Work(random =>
        {
            int key = shared.First.Value + random.Next(AtATime);
            bool isMaker = false;
            try
            {
                long value = shared.Cache.GetOrAdd(
                    key,
                    _ =>
                    {
                        isMaker = true;
                        BeginToMake(seat, shared, key);
                        Thread.SpinWait(random.Next(20_000));
                        if (random.Next(5) == 0)
                        {
                            // Before the cache is told, which has the next one begin.
                            shared.Makers.Exchange(key, 0);
                            throw new InvalidDataException("A factory that fails.");
                        }

                        return ((long)Environment.ProcessId << 32) | ++made;
                    },
                    Limits.Bound);
                long other = shared.Values.CompareExchange(key, value, 0);
                if (other != 0 && other != value)
                {
                    seat.Complain($"twice: key {key} has the value {value} here and {other} elsewhere");
                }
            }
            catch (InvalidDataException) when (isMaker)
            {
                return;
            }

            if (isMaker)
            {
                shared.Makers.Exchange(key, 0);
            }
        });
    }

    private static void BeginToMake(Seat seat, Objects shared, int key)
    {
        long former = shared.Makers.Exchange(key, Environment.ProcessId);
        if (former != 0 && former != Environment.ProcessId && !Signals.IsLeaving((int)former))
        {
            seat.Complain($"twice: the value of key {key} is made here while process {former} makes it, which has not died");
        }
    }

    /// <param name="Cache">The cache.</param>
    /// <param name="Makers">Who makes the value of each key.</param>
    /// <param name="Values">The value of each key that somebody saw.</param>
    /// <param name="First">The first of the keys that are asked for.</param>
    private sealed record Objects(SharedCache<int, long> Cache, SharedArray<long> Makers, SharedArray<long> Values, SharedValue<int> First) : IDisposable
    {
        public void Dispose()
        {
            Cache.Dispose();
            Makers.Dispose();
            Values.Dispose();
            First.Dispose();
        }
    }
}
