namespace Multiproc.Benchmarks.Stress;

/// <summary>The operations of the workers of <see cref="Kills"/> on objects of this process and of a manager, and the invariants at the end.</summary>
internal sealed class MixedLoad : IDisposable
{
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    /// <summary>Large enough that a kill can come while it is deserialized.</summary>
    private const int ItemLength = 400;
    private const int MostAhead = 400;
    private const int Permits = 2;

    private readonly SyncManager _manager = Mp.Manager();
    private readonly Dictionary<string, HashSet<int>> _put = [];
    private int _next;

    public MixedLoad() => Shared = new Objects(
        [Mp.Queue<List<int>>(), Mp.Queue<List<int>>(1000), _manager.Queue<List<int>>()],
        Mp.Queue<List<int>>(),
        Mp.JoinableQueue<List<int>>(),
        Mp.SimpleQueue<int>(),
        Mp.Queue<(string From, int Number)>(),
        Mp.Lock(),
        Mp.Value(0L),
        Mp.Value(0L),
        Mp.BoundedSemaphore(Permits),
        Mp.Condition(),
        Mp.Event(),
        _manager.Dictionary<string, long>(),
        Mp.Queue<Gift>());

    public Objects Shared { get; }

    /// <summary>Puts more items, up to a bound.</summary>
    public void Feed()
    {
        for (int i = 0; i < 20; i++)
        {
            int number = _next++;
            var item = Enumerable.Repeat(number, ItemLength).ToList();
            for (int q = 0; q < Shared.Plain.Length; q++)
            {
                if (Shared.Plain[q].QSize() < MostAhead)
                {
                    Shared.Plain[q].Put(item);
                    Put($"plain {q}", number);
                }
            }

            if (Shared.Leased.QSize() < MostAhead)
            {
                Shared.Leased.Put(item);
                Put("leased", number);
            }

            if (Shared.Joinable.QSize() < MostAhead)
            {
                Shared.Joinable.Put(item);
                Put("joinable", number);
            }

            Shared.Small.Put(number);
            Put("small", number);
        }

        Shared.Go.Set();
    }

    /// <summary>Uses objects that workers have sent, some of whose nodes are gone by now, and drops the facades.</summary>
    public void Look(List<string> faults)
    {
        while (Shared.Gifts.TryGet(out var gift))
        {
            try
            {
                if (!gift!.Gate.Acquire(TimeSpan.Zero) || gift.Value.Value != 7 || gift.Queue.TryGet(out int put) && put != 7)
                {
                    faults.Add("an object of a worker is not as it was sent");
                }
            }
            catch (ConnectionLostException)
            {
                // The worker is dead, and so are its objects.
            }
        }
    }

    /// <summary>Checks after the death of all workers that the remaining items and the reported ones add up to all items.</summary>
    public void Judge(int kills, List<string> faults)
    {
        var had = new Dictionary<string, List<int>>();
        while (Shared.Had.TryGet(out var each))
        {
            (had.TryGetValue(each.From, out var of) ? of : had[each.From] = []).Add(each.Number);
        }

        for (int q = 0; q < Shared.Plain.Length; q++)
        {
            // A worker may die between the end of Get and its report: the window is short, so these are few.
            Compare($"plain {q}", had, Rest(Shared.Plain[q]), mayMiss: 5 + (kills / 20), mayDouble: 0, faults);
        }

        // A worker that acknowledges after its report may die in between: such an item is redelivered, but none is lost.
        Compare("leased", had, Rest(Shared.Leased), mayMiss: 0, mayDouble: kills, faults);
        Compare("joinable", had, Rest(Shared.Joinable), mayMiss: 0, mayDouble: kills, faults);
        var small = new List<int>();
        while (!Shared.Small.Empty())
        {
            small.Add(Shared.Small.Get(Bound));
        }

        Compare("small", had, small, mayMiss: 5 + (kills / 20), mayDouble: 0, faults);
        using (Shared.Gate.Hold())
        {
            Repair(Shared);
            if (Shared.One.Value != Shared.Other.Value)
            {
                faults.Add($"what the lock protects is torn: {Shared.One.Value} and {Shared.Other.Value}");
            }
        }

        for (int i = 0; i < Permits; i++)
        {
            if (!Shared.Permits.Acquire(Bound))
            {
                faults.Add($"permit {i} of {Permits} did not come back");
            }
        }

        if (!Shared.Condition.Acquire(Bound))
        {
            faults.Add("the lock of the condition did not come back");
        }

        long counted = Shared.Counts.Values.Sum();
        if (counted == 0 && kills > 100)
        {
            faults.Add("nobody counted in the manager");
        }

        Console.WriteLine(
            $"{_next} rounds of items; {string.Join(", ", had.OrderBy(static each => each.Key).Select(static each => $"{each.Key} {each.Value.Count}"))}; "
                + $"counted {counted}, under the lock {Shared.One.Value}");
    }

    public void Dispose()
    {
        Shared.Dispose();
        _manager.Dispose();
    }

    /// <summary>Runs a worker until it is killed.</summary>
    public static void Work(Objects shared, int seed)
    {
        var random = new Random(seed);
        while (true)
        {
            switch (random.Next(12))
            {
                case 0 or 1 or 2:
                    Take(shared, random);
                    break;
                case 3:
                    using (var lease = shared.Leased.Lease(Bound))
                    {
                        shared.Had.Put(("leased", lease.Item[0]));
                        lease.Complete();
                    }

                    break;
                case 4:
                    shared.Had.Put(("joinable", shared.Joinable.Get(Bound)[0]));
                    shared.Joinable.TaskDone();
                    break;
                case 5:
                    shared.Had.Put(("small", shared.Small.Get(Bound)));
                    break;
                case 6 or 7:
                    using (shared.Gate.Hold())
                    {
                        Repair(shared);
                        shared.One.Value++;
                        shared.Other.Value++;
                    }

                    break;
                case 8:
                    if (!shared.Permits.Acquire(Bound))
                    {
                        throw new TimeoutException("No permit came.");
                    }

                    shared.Permits.Release();
                    break;
                case 9:
                    if (!shared.Condition.Acquire(Bound))
                    {
                        throw new TimeoutException("The condition's lock did not come.");
                    }

                    shared.Condition.NotifyAll();
                    shared.Condition.Wait(TimeSpan.FromMilliseconds(1));
                    shared.Condition.Release();
                    break;
                case 10:
                    shared.Counts.Increment($"key {random.Next(4)}", 1);
                    break;
                default:
                    shared.Go.Wait(Bound);
                    var queue = Mp.Queue<int>();
                    queue.Put(7);
                    shared.Gifts.Put(new Gift(Mp.Lock(), Mp.Value(7), queue));
                    break;
            }
        }
    }

    private static void Take(Objects shared, Random random)
    {
        int which = random.Next(shared.Plain.Length);
        var queue = shared.Plain[which];
        List<int>[] items = random.Next(5) switch
        {
            0 => [queue.Get(Bound)],
            1 => queue.TryGet(out var item, TimeSpan.FromMilliseconds(10)) ? [item!] : [],
            2 => queue.GetMany(3, Bound),
            3 => [queue.GetAsync(Bound).AsTask().GetAwaiter().GetResult()],
            _ => [queue.ReadAllAsync().ToBlockingEnumerable().First()],
        };
        shared.Had.PutMany(items.Select(item => item.Count == ItemLength && item.TrueForAll(each => each == item[0])
            ? ($"plain {which}", item[0])
            : throw new InvalidOperationException($"An item of queue {which} is not whole.")));
    }

    /// <summary>Repairs two values that are changed under the lock, whose holder may have died between the two changes.</summary>
    private static void Repair(Objects shared)
    {
        if (shared.Gate.Abandoned)
        {
            shared.Other.Value = shared.One.Value;
            shared.Gate.MarkConsistent();
        }
        else if (shared.One.Value != shared.Other.Value)
        {
            throw new InvalidOperationException($"The state under the lock is torn, though no holder died: {shared.One.Value} and {shared.Other.Value}.");
        }
    }

    /// <summary>Waits for the manager, which learns of a death a moment later than this process.</summary>
    private static List<int> Rest(SharedQueueBase<List<int>> queue)
    {
        var rest = new List<int>();
        while (queue.TryGet(out var item, TimeSpan.FromSeconds(1)))
        {
            rest.Add(item![0]);
        }

        return rest;
    }

    private void Put(string queue, int number) => (_put.TryGetValue(queue, out var of) ? of : _put[queue] = []).Add(number);

    private void Compare(string queue, Dictionary<string, List<int>> had, List<int> rest, int mayMiss, int mayDouble, List<string> faults)
    {
        var put = _put[queue];
        List<int> all = [.. had.GetValueOrDefault(queue, []), .. rest];
        var seen = all.ToHashSet();
        int missing = put.Count(number => !seen.Contains(number));
        int twice = all.Count - seen.Count;
        if (missing > mayMiss)
        {
            faults.Add($"{queue}: {missing} of {put.Count} items are lost");
        }

        if (twice > mayDouble || !seen.IsSubsetOf(put))
        {
            faults.Add($"{queue}: {twice} items came twice, {seen.Count(number => !put.Contains(number))} were never put");
        }
    }

    /// <summary>Objects of a worker that are sent to the others.</summary>
    public sealed record Gift(SharedLock Gate, SharedValue<int> Value, SharedQueue<int> Queue);

    /// <summary>The objects that the workers share.</summary>
    public sealed record Objects(
        SharedQueueBase<List<int>>[] Plain,
        SharedQueue<List<int>> Leased,
        SharedJoinableQueue<List<int>> Joinable,
        SharedSimpleQueue<int> Small,
        SharedQueue<(string From, int Number)> Had,
        SharedLock Gate,
        SharedValue<long> One,
        SharedValue<long> Other,
        SharedBoundedSemaphore Permits,
        SharedCondition Condition,
        SharedEvent Go,
        DictionaryProxy<string, long> Counts,
        SharedQueue<Gift> Gifts) : IDisposable
    {
        public void Dispose()
        {
            Array.ForEach(Plain, static each => each.Dispose());
            Leased.Dispose();
            Joinable.Dispose();
            Small.Dispose();
            Had.Dispose();
            Gate.Dispose();
            One.Dispose();
            Other.Dispose();
            Permits.Dispose();
            Condition.Dispose();
            Go.Dispose();
            Gifts.Dispose();
        }
    }
}
