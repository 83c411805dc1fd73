using Multiproc.Torture.Crews;
using Multiproc.Torture.Oracles;

namespace Multiproc.Torture.Loads;

/// <summary>
/// Queues without leases, of this process and of a manager, two of them bounded: processes put and take in every way. An item comes once; what is missing
/// was in the hand of a process that died after its <c>Get</c> had returned.
/// </summary>
internal sealed class QueueLoad(LoadSettings settings) : CrewLoad("queues", settings)
{
    private const int MostAhead = 300;

    private Objects? _shared;
    private SyncManager? _manager;

    public override void Dispose()
    {
        base.Dispose();
        _shared?.Dispose();
        _manager?.Dispose();
    }

    protected override void MakeObjects()
    {
        _manager = Mp.Manager();
        SharedQueue<Item>[] queues = [Mp.Queue<Item>(), Mp.Queue<Item>(64), Mp.Queue<Item>(3), _manager.Queue<Item>()];
        _shared = new Objects(queues, [.. queues.Select(static _ => ItemBook.Make())], Mp.RawArray<int>(Settings.Crew));
    }

    protected override ChildProcess MakeProcess(Seat seat, ProcessOptions options) =>
        Mp.GetContext(StartMethod.ForkServer).Process(Work, seat, _shared!, options: options);

    protected override void Died(int seat)
    {
        _shared!.DiedInHand += _shared.InHand[seat];
        _shared.InHand[seat] = 0;
    }

    protected override void OwnTurn()
    {
        for (int i = 0; i < 20; i++)
        {
            int which = Choices.Next(_shared!.Queues.Length);
            if (_shared.Books[which].HasRoom && _shared.Queues[which].QSize() < MostAhead)
            {
                _shared.Books[which].Put(item => _shared.Queues[which].TryPut(item, TimeSpan.FromMilliseconds(20)));
            }
        }
    }

    protected override void Judge()
    {
        for (int which = 0; which < _shared!.Queues.Length; which++)
        {
            while (_shared.Queues[which].TryGet(out var item, TimeSpan.FromSeconds(1)))
            {
                _shared.Books[which].Take(item!);
            }

            // Few: the time from the end of Get to the mark is short. DiedInHand is what could be at most.
            _shared.Books[which].Judge($"queue {which}", Math.Min(_shared.DiedInHand, 5 + (Deaths / 8)), 0, Tally);
        }
    }

    private static void Work(Seat seat, Objects shared) => seat.Work(random =>
    {
        int which = random.Next(shared.Queues.Length);
        var (queue, book) = (shared.Queues[which], shared.Books[which]);
        if (random.Next(3) == 0 && book.HasRoom)
        {
            book.Put(item => queue.TryPut(item, TimeSpan.FromMilliseconds(random.Next(20))));
            return;
        }

        const int Batch = 3;
        shared.InHand[seat.Number] = Batch;
        Item[] items = random.Next(4) switch
        {
            0 => queue.TryGet(out var item, TimeSpan.FromMilliseconds(random.Next(10))) ? [item!] : [],
            1 => Many(queue, Batch),
            2 => Read(queue),
            _ => queue.TryGet(out var item) ? [item!] : [],
        };
        foreach (var item in items)
        {
            book.Take(item);
        }

        shared.InHand[seat.Number] = 0;
    });

    private static Item[] Many(SharedQueue<Item> queue, int most)
    {
        try
        {
            return queue.GetMany(most, TimeSpan.FromMilliseconds(5));
        }
        catch (QueueEmptyException)
        {
            return [];
        }
    }

    private static Item[] Read(SharedQueue<Item> queue)
    {
        try
        {
            return [queue.GetAsync(TimeSpan.FromMilliseconds(5)).AsTask().GetAwaiter().GetResult()];
        }
        catch (QueueEmptyException)
        {
            return [];
        }
    }

    private sealed record Objects(SharedQueue<Item>[] Queues, ItemBook[] Books, SharedArray<int> InHand) : IDisposable
    {
        /// <summary>The most items that dead processes can have had in hand.</summary>
        [field: NonSerialized]
        public long DiedInHand { get; set; }

        public void Dispose()
        {
            Array.ForEach(Queues, static each => each.Dispose());
            Array.ForEach(Books, static each => each.Dispose());
            InHand.Dispose();
        }
    }
}
