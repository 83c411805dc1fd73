using System.Diagnostics;
using Multiproc.Torture.Crews;
using Multiproc.Torture.Oracles;

namespace Multiproc.Torture.Loads.Flow;

/// <summary>
/// Two broadcasts: to one, this process publishes; to the other, all others do. Each reader sees each item whole, in order and without a gap, an item that was
/// refused is not seen, and a reader that died holds nobody up.
/// </summary>
internal sealed class BroadcastLoad(LoadSettings settings) : CrewLoad("broadcasts", settings)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(5);

    private readonly Ear _ear = new();
    private Objects? _shared;
    private BroadcastReader<Item>? _news;
    private BroadcastReader<Shout>? _shouts;
    private int _next;
    private long _lastPublished = Stopwatch.GetTimestamp();

    public override void Dispose()
    {
        base.Dispose();
        _news?.Dispose();
        _shouts?.Dispose();
        _shared?.Dispose();
    }

    protected override void MakeObjects()
    {
        var options = new SharedBroadcastOptions { Capacity = 32 };
        _shared = new Objects(Mp.Broadcast<Item>(options), Mp.Broadcast<Shout>(options));
        (_news, _shouts) = (_shared.News.Subscribe(), _shared.Shouts.Subscribe());
    }

    protected override ChildProcess MakeProcess(Seat seat, ProcessOptions options) =>
        Mp.GetContext(StartMethod.ForkServer).Process(Work, seat, _shared!, options: options);

    protected override void OwnTurn()
    {
        for (int i = 0; i < 10; i++)
        {
            int published = i % 2 == 0
                ? _shared!.News.TryPublish(Item.Make(_next), s_patience) ? 1 : 0
                : _shared!.News.TryPublishMany(Enumerable.Range(0, 5).Select(more => Item.Make(_next + more)), s_patience);
            if (published > 0)
            {
                _next += published;
                _lastPublished = Stopwatch.GetTimestamp();
            }

            Listen(_news!, _shouts!, _ear, Tally.Break);
        }

        if (Stopwatch.GetElapsedTime(_lastPublished) > Limits.Bound)
        {
            Tally.Hang($"{_shared!.News} is full, though all its readers read or are dead");
            _lastPublished = Stopwatch.GetTimestamp();
        }

        Thread.CurrentThread.Join(1);
    }

    protected override void Judge()
    {
        for (long since = Stopwatch.GetTimestamp(); _shared!.News.ReaderCount() > 1 || _shared.Shouts.ReaderCount() > 1; Thread.CurrentThread.Join(5))
        {
            if (Stopwatch.GetElapsedTime(since) > Limits.Bound)
            {
                Tally.Hang($"{_shared.News.ReaderCount()} and {_shared.Shouts.ReaderCount()} readers, of which one of each lives");
                return;
            }
        }

        while (Listen(_news!, _shouts!, _ear, Tally.Break))
        {
        }

        if (_ear.Next != _next)
        {
            Tally.Lose(_next - _ear.Next, $"{_next} items were published, and a reader of all saw {_ear.Next}");
        }
    }

    private static void Work(Seat seat, Objects shared)
    {
        using var news = shared.News.Subscribe();
        using var shouts = shared.Shouts.Subscribe();
        var ear = new Ear { Next = -1 };
        int number = 0;
        seat.Work(random =>
        {
            if (random.Next(3) == 0 && shared.Shouts.TryPublish(new Shout(Environment.ProcessId, number), TimeSpan.FromMicroseconds(random.Next(3000))))
            {
                number++;
            }

            Listen(news, shouts, ear, seat.Complain);
        });
    }

    /// <summary>Reads what there is, and compares it with what came before.</summary>
    private static bool Listen(BroadcastReader<Item> news, BroadcastReader<Shout> shouts, Ear ear, Action<string> complain)
    {
        bool hasItem = news.TryGet(out var item, TimeSpan.FromMilliseconds(1));
        if (hasItem)
        {
            if (!item!.IsWhole || (ear.Next >= 0 && item.Number != ear.Next))
            {
                complain($"{(item.Number < ear.Next ? "twice" : "lost")}: item {item.Number} came, whole: {item.IsWhole}, in place of {ear.Next}");
            }

            ear.Next = item.Number + 1;
        }

        bool hasShout = shouts.TryGet(out var shout);
        if (hasShout)
        {
            // One who subscribed late begins anywhere.
            int wanted = ear.Shouts.GetValueOrDefault(shout!.Process, shout.Number);
            if (shout.Number != wanted)
            {
                complain($"{(shout.Number < wanted ? "twice" : "lost")}: item {shout.Number} of process {shout.Process} came in place of {wanted}");
            }

            ear.Shouts[shout.Process] = shout.Number + 1;
        }

        return hasItem || hasShout;
    }

    /// <summary>An item of a process, with its number there.</summary>
    private sealed record Shout(int Process, int Number);

    /// <summary>What comes next to a reader; -1 before it knows.</summary>
    private sealed class Ear
    {
        public int Next { get; set; }

        public Dictionary<int, int> Shouts { get; } = [];
    }

    private sealed record Objects(SharedBroadcast<Item> News, SharedBroadcast<Shout> Shouts) : IDisposable
    {
        public void Dispose()
        {
            News.Dispose();
            Shouts.Dispose();
        }
    }
}
