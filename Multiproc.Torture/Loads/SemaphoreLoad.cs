using Multiproc.Torture.Crews;
using Multiproc.Torture.Faults;
using Multiproc.Torture.Measuring;

namespace Multiproc.Torture.Loads;

/// <summary>A bounded semaphore of two permits. Never are more than two living processes inside, and the permits of the dead come back.</summary>
internal sealed class SemaphoreLoad(LoadSettings settings) : CrewLoad("semaphores", settings)
{
    private const int Permits = 2;

    private Objects? _shared;

    public override void Dispose()
    {
        base.Dispose();
        _shared?.Dispose();
    }

    protected override void MakeObjects() => _shared = new Objects(Mp.BoundedSemaphore(Permits), Mp.RawArray<long>(Settings.Crew + 1));

    protected override ChildProcess MakeProcess(Seat seat, ProcessOptions options) =>
        Mp.GetContext(StartMethod.ForkServer).Process(Work, seat, _shared!, options: options);

    protected override void Died(int seat) => _shared!.Inside[seat] = 0;

    protected override void OwnTurn()
    {
        // A user that never dies, beside those that do.
        Once(new Seat(Name, Settings.Crew, 0, Crew.Turns, Settings.Complaints), _shared!, Choices);
        Thread.CurrentThread.Join(1);
    }

    protected override void Judge()
    {
        for (int permit = 0; permit < Permits; permit++)
        {
            if (!_shared!.Semaphore.Acquire(Limits.Bound))
            {
                Tally.Lose(1, $"permit {permit} of {Permits} did not come back");
            }
        }

        if (_shared!.Semaphore.TryAcquire())
        {
            Tally.Double(1, $"there are more than {Permits} permits");
        }
    }

    private static void Work(Seat seat, Objects shared) => seat.Work(random => Once(seat, shared, random));

    private static void Once(Seat seat, Objects shared, Random random)
    {
        bool isIn = random.Next(3) switch
        {
            0 => shared.Semaphore.TryAcquire(),
            1 => shared.Semaphore.Acquire(TimeSpan.FromMicroseconds(random.Next(3000))),
            _ => Limits.Came(shared.Semaphore.Acquire(Limits.Bound), "A permit"),
        };
        if (!isIn)
        {
            return;
        }

        // The number of the process, and of its visit: who is still there at a second look was there all the time.
        long visit = shared.Visits++;
        shared.Inside.Exchange(seat.Number, ((long)Environment.ProcessId << 32) | (visit & uint.MaxValue));
        long[] first = Seen(shared);
        if (first.Count(static each => each != 0) > Permits)
        {
            // The mark of a process that died inside stays, while its permit is somebody else's.
            bool[] isLiving = [.. first.Select(static each => each != 0 && !Signals.IsLeaving((int)(each >> 32)))];
            long[] second = Seen(shared);
            int both = first.Zip(second, isLiving).Count(static each => each.First == each.Second && each.Third);
            if (both > Permits)
            {
                seat.Complain($"twice: {both} living processes hold {Permits} permits: {string.Join(", ", first.Select(static each => each >> 32))}");
            }
        }

        Thread.SpinWait(random.Next(200));
        shared.Inside.Exchange(seat.Number, 0);
        shared.Semaphore.Release();
    }

    private static long[] Seen(Objects shared) => [.. Enumerable.Range(0, shared.Inside.Length).Select(each => shared.Inside.Add(each, 0))];

    private sealed record Objects(SharedBoundedSemaphore Semaphore, SharedArray<long> Inside) : IDisposable
    {
        /// <summary>The visits of this process.</summary>
        [field: NonSerialized]
        public long Visits { get; set; }

        public void Dispose()
        {
            Semaphore.Dispose();
            Inside.Dispose();
        }
    }
}
