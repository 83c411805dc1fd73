using Multiproc.Torture.Crews;
using Multiproc.Torture.Measuring;

namespace Multiproc.Torture.Loads;

/// <summary>
/// Objects that live in the processes that die, sent to this one: while their process lives they are as they were sent, afterwards each call is a
/// <see cref="ConnectionLostException"/>.
/// </summary>
internal sealed class GiftLoad(LoadSettings settings) : CrewLoad("gifts", settings)
{
    private SharedQueue<Gift>? _gifts;

    public override void Dispose()
    {
        base.Dispose();
        _gifts?.Dispose();
    }

    protected override void MakeObjects() => _gifts = Mp.Queue<Gift>(8);

    protected override ChildProcess MakeProcess(Seat seat, ProcessOptions options) =>
        Mp.GetContext(StartMethod.ForkServer).Process(Work, seat, _gifts!, options: options);

    protected override void OwnTurn()
    {
        if (!_gifts!.TryGet(out var gift, TimeSpan.FromMilliseconds(20)))
        {
            return;
        }

        try
        {
            Limits.Came(gift!.Gate.Acquire(Limits.Bound), "The lock of another process");
            if (gift.Value.Value != gift.Number || gift.Queue.Get(Limits.Bound) != gift.Number || !gift.Queue.Empty())
            {
                Tally.Break($"an object of a process is not as it was sent with {gift.Number}");
            }
        }
        catch (ConnectionLostException)
        {
            Tally.Excuse(); // Its process is dead.
        }
    }

    protected override void Judge()
    {
        while (_gifts!.TryGet(out var gift))
        {
            try
            {
                gift!.Queue.Put(1);
                Tally.Break("a queue of a dead process took an item");
            }
            catch (ConnectionLostException)
            {
                // As it should be.
            }
        }
    }

    private static void Work(Seat seat, SharedQueue<Gift> gifts) => seat.Work(random =>
    {
        int number = random.Next();
        var gift = new Gift(number, Mp.Lock(), Mp.Value(number), Mp.Queue<int>());
        gift.Queue.Put(number);
        gifts.TryPut(gift, TimeSpan.FromMilliseconds(50));
    });

    private sealed record Gift(int Number, SharedLock Gate, SharedValue<int> Value, SharedQueue<int> Queue);
}
