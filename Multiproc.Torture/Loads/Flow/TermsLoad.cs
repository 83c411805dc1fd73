using System.Diagnostics;
using Multiproc.Torture.Crews;
using Multiproc.Torture.Oracles;

namespace Multiproc.Torture.Loads.Flow;

/// <summary>
/// A queue whose items have priorities, delays and times to live and come back a few times at most, and one that a process has to itself for a moment. An item
/// is done once or becomes a dead letter; who has a queue alone gets its items by their priorities, and none before its time.
/// </summary>
internal sealed class TermsLoad(LoadSettings settings) : CrewLoad("terms", settings)
{
    private const int MostAhead = 200;
    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(10);

    private Objects? _shared;

    public override void Dispose()
    {
        base.Dispose();
        _shared?.Dispose();
    }

    protected override void MakeObjects() => _shared = new Objects(
        Mp.Queue<Item>(new SharedQueueOptions { MaxRedeliveries = 2, KeepExpired = true }), ItemBook.Make(), Mp.Lock(), Mp.Queue<Piece>());

    protected override ChildProcess MakeProcess(Seat seat, ProcessOptions options) =>
        Mp.GetContext(StartMethod.ForkServer).Process(Work, seat, _shared!, options: options);

    protected override void OwnTurn()
    {
        for (int i = 0; i < 20; i++)
        {
            if (_shared!.Book.HasRoom && _shared.Queue.QSize() < MostAhead)
            {
                int priority = Choices.Next(-1, 2);
                TimeSpan delay = Moment(8), time = Moment(8);
                _shared.Book.Put(item => _shared.Queue.TryPut(item, priority: priority, delay: delay, timeToLive: time));
            }

            if (_shared.Queue.DeadLetters.TryGet(out var letter))
            {
                _shared.Book.Take(letter.Item);
            }
        }

        Thread.CurrentThread.Join(1);
    }

    protected override void Judge()
    {
        // Delays are short: nothing comes after a second without an item.
        while (_shared!.Queue.TryGet(out var item, TimeSpan.FromSeconds(1)))
        {
            _shared.Book.Take(item!);
        }

        while (_shared.Queue.DeadLetters.TryGet(out var letter, TimeSpan.FromMilliseconds(100)))
        {
            _shared.Book.Take(letter.Item);
        }

        // Marked before it is acknowledged: an item whose holder died in between is marked twice.
        _shared.Book.Judge("the queue with terms", 0, Deaths, Tally);
        if (!_shared.Gate.Acquire(Limits.Bound))
        {
            Tally.Hang($"{_shared.Gate}, whose users are all dead, does not come");
        }
    }

    private TimeSpan Moment(int oneIn) => Choices.Next(oneIn) == 0 ? TimeSpan.FromMilliseconds(Choices.Next(1, 20)) : TimeSpan.Zero;

    private static void Work(Seat seat, Objects shared)
    {
        int round = 0;
        seat.Work(random =>
        {
            if (random.Next(4) == 0)
            {
                Limits.Came(shared.Gate.Acquire(Limits.Bound), shared.Gate);
                if (shared.Gate.Abandoned)
                {
                    shared.Gate.MarkConsistent();
                }

                ByPriority(seat, shared.Alone, ++round, random);
                shared.Gate.Release();
            }
            else if (shared.Queue.TryLease(out var lease, s_moment))
            {
                using (lease)
                {
                    if (random.Next(4) == 0)
                    {
                        lease.Abandon();
                        return;
                    }

                    shared.Book.Take(lease.Item);
                    lease.Complete();
                }
            }
        });
    }

    /// <summary>
    /// Puts some items, one of them for later, and compares in which order they come. Items that a dead process left come in between, and are ignored.
    /// </summary>
    private static void ByPriority(Seat seat, SharedQueue<Piece> queue, int round, Random random)
    {
        const int Count = 6;
        var delay = TimeSpan.FromMilliseconds(random.Next(1, 5));
        long begun = Stopwatch.GetTimestamp();
        queue.Put(new Piece(Environment.ProcessId, round, int.MinValue, 0), delay: delay);
        var wanted = new List<Piece>();
        for (int place = 0; place < Count; place++)
        {
            var piece = new Piece(Environment.ProcessId, round, random.Next(-2, 3), place);
            wanted.Add(piece);
            queue.Put(piece, priority: piece.Priority);
        }

        // The late one has priority 0 and comes in anywhere: it is looked at alone.
        wanted = [.. wanted.OrderByDescending(static piece => piece.Priority).ThenBy(static piece => piece.Place)];
        bool isLate = false;
        for (int next = 0; next < Count || !isLate;)
        {
            var piece = queue.Get(Limits.Bound);
            if (piece.Process != Environment.ProcessId || piece.Round != round)
            {
                continue;
            }

            if (piece.Priority == int.MinValue)
            {
                isLate = true;
                if (Stopwatch.GetElapsedTime(begun) < delay)
                {
                    seat.Complain($"an item with a delay of {delay} came after {Stopwatch.GetElapsedTime(begun)}");
                }
            }
            else if (piece != wanted[next++])
            {
                seat.Complain($"{piece} came in place of {wanted[next - 1]}");
            }
        }
    }

    /// <summary>An item of a process that has the queue to itself.</summary>
    private sealed record Piece(int Process, int Round, int Priority, int Place);

    private sealed record Objects(SharedQueue<Item> Queue, ItemBook Book, SharedLock Gate, SharedQueue<Piece> Alone) : IDisposable
    {
        public void Dispose()
        {
            Queue.Dispose();
            Book.Dispose();
            Gate.Dispose();
            Alone.Dispose();
        }
    }
}
