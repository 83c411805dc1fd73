using Multiproc.Torture.Crews;
using Multiproc.Torture.Measuring;
using Multiproc.Torture.Oracles;

namespace Multiproc.Torture.Loads;

/// <summary>
/// A queue whose items are leased, and a joinable queue: an item is done, or comes again when its holder died. None is lost, and <c>Join</c> ends.
/// </summary>
internal sealed class LeaseLoad(LoadSettings settings) : CrewLoad("leases", settings)
{
    private const int MostAhead = 200;
    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(10);

    private Objects? _shared;

    public override void Dispose()
    {
        base.Dispose();
        _shared?.Dispose();
    }

    protected override void MakeObjects() => _shared = new Objects(Mp.Queue<Item>(), ItemBook.Make(), Mp.JoinableQueue<Item>(), ItemBook.Make());

    protected override ChildProcess MakeProcess(Seat seat, ProcessOptions options) =>
        Mp.GetContext(StartMethod.ForkServer).Process(Work, seat, _shared!, options: options);

    protected override void OwnTurn()
    {
        for (int i = 0; i < 20; i++)
        {
            if (_shared!.LeaseBook.HasRoom && _shared.Leased.QSize() < MostAhead)
            {
                _shared.LeaseBook.Put(item => _shared.Leased.TryPut(item));
            }

            if (_shared.JoinBook.HasRoom && _shared.Joinable.QSize() < MostAhead)
            {
                _shared.JoinBook.Put(item => _shared.Joinable.TryPut(item));
            }
        }
    }

    protected override void Judge()
    {
        while (_shared!.Leased.TryGet(out var item, TimeSpan.FromSeconds(1)))
        {
            _shared.LeaseBook.Take(item!);
        }

        while (_shared.Joinable.TryGet(out var item, TimeSpan.FromSeconds(1)))
        {
            _shared.JoinBook.Take(item!);
            _shared.Joinable.TaskDone();
        }

        // Marked before it is acknowledged: an item whose holder died in between is marked twice.
        _shared.LeaseBook.Judge("the leased queue", 0, Deaths, Tally);
        _shared.JoinBook.Judge("the joinable queue", 0, Deaths, Tally);
        if (!_shared.Joinable.Join(Limits.Bound))
        {
            Tally.Hang("Join of a queue whose items are all done");
        }
    }

    private static void Work(Seat seat, Objects shared) => seat.Work(random =>
    {
        if (random.Next(2) == 0)
        {
            if (shared.Joinable.TryGet(out var item, s_moment))
            {
                shared.JoinBook.Take(item!);
                shared.Joinable.TaskDone();
            }
        }
        else if (shared.Leased.TryLease(out var lease, s_moment))
        {
            using (lease)
            {
                if (random.Next(8) == 0)
                {
                    lease.Abandon();
                    return;
                }

                shared.LeaseBook.Take(lease.Item);
                lease.Complete();
            }
        }
    });

    private sealed record Objects(SharedQueue<Item> Leased, ItemBook LeaseBook, SharedJoinableQueue<Item> Joinable, ItemBook JoinBook) : IDisposable
    {
        public void Dispose()
        {
            Leased.Dispose();
            LeaseBook.Dispose();
            Joinable.Dispose();
            JoinBook.Dispose();
        }
    }
}
