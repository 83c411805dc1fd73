using Multiproc.Objects.Queues;
using Multiproc.Serialization;

namespace Multiproc.Tests.States;

/// <summary>What a queue gives out and gets back: leases, dead letters, many at once.</summary>
public sealed class QueueLeaseStateTests
{
    private readonly Script _script = new(new QueueState(0, maxRedeliveries: 2));

    [Fact]
    public void Lease_Completed_IsGone()
    {
        var (anna, bert) = (_script.Process(1), _script.Process(2));
        anna.Tells(Put(1));
        var lease = bert.Asks(Lease()).ShouldGet(1).ShouldAnswer(0);
        bert.Tells(new QueueCommand.Taken(lease.Caller.Call));
        bert.Tells(new QueueCommand.Abandon(lease.Caller.Call));
        bert.Dies();
        anna.Asks(Lease(TimeSpan.Zero)).ShouldTimeOut();
    }

    [Fact]
    public void Lease_AbandonedOrHolderGone_IsAtTheHeadWithItsCount()
    {
        var (anna, bert) = (_script.Process(1), _script.Process(2));
        anna.Tells(Put(1));
        anna.Tells(Put(2));
        var lease = bert.Asks(Lease()).ShouldGet(1);
        anna.Asks(QueueCommand.Size.Instance).ShouldAnswer(1);
        bert.Tells(new QueueCommand.Abandon(lease.Caller.Call));
        anna.Asks(QueueCommand.Size.Instance).ShouldAnswer(2);
        bert.Asks(Lease()).ShouldGet(1).ShouldAnswer(1);
        bert.Dies();
        anna.Asks(Lease()).ShouldGet(1).ShouldAnswer(2);
        anna.Asks(Lease()).ShouldGet(2).ShouldAnswer(0);
    }

    [Fact]
    public void Lease_OfTheNodeItself_ComesBackToo()
    {
        _script.Node.Tells(Put(1));
        var lease = _script.Node.Asks(Lease()).ShouldGet(1);
        var waiting = _script.Process(1).Asks(new QueueCommand.Get(null)).ShouldWait();
        _script.Node.Tells(new QueueCommand.Abandon(lease.Caller.Call));
        waiting.ShouldGet(1).ShouldAnswer(1);
    }

    [Fact]
    public void Lease_OfAnotherProcess_CannotBeEndedByThisOne()
    {
        var (anna, bert) = (_script.Process(1), _script.Process(2));
        anna.Tells(Put(1));
        var lease = bert.Asks(Lease()).ShouldGet(1);
        anna.Tells(new QueueCommand.Taken(lease.Caller.Call));
        anna.Tells(new QueueCommand.Abandon(lease.Caller.Call));
        anna.Asks(Lease(TimeSpan.Zero)).ShouldTimeOut();
        bert.Dies();
        anna.Asks(Lease()).ShouldGet(1).ShouldAnswer(1);
    }

    [Fact]
    public void Lease_BackTooOften_IsADeadLetter()
    {
        var anna = _script.Process(1);
        anna.Tells(Put(1));
        anna.Tells(Put(2));
        for (int holder = 2; holder <= 4; holder++)
        {
            anna.Asks(QueueCommand.CountDeadLetters.Instance).ShouldAnswer(0);
            _script.Process(holder).Asks(Lease()).ShouldGet(1).ShouldAnswer(holder - 2);
            _script.Die(holder);
        }

        anna.Asks(QueueCommand.CountDeadLetters.Instance).ShouldAnswer(1);
        anna.Asks(QueueCommand.Size.Instance).ShouldAnswer(1);
        anna.Asks(Lease()).ShouldGet(2);
        anna.Asks(new QueueCommand.TakeDeadLetter(TimeSpan.Zero)).ShouldGet(1).ShouldAnswer(3);
        anna.Asks(new QueueCommand.TakeDeadLetter(TimeSpan.Zero)).ShouldTimeOut();
    }

    [Fact]
    public void Lease_FromFullQueue_MakesRoom()
    {
        var script = new Script(new QueueState(1));
        var (anna, bert) = (script.Process(1), script.Process(2));
        anna.Asks(Put(1)).ShouldBeDone();
        var waiting = anna.Asks(Put(2)).ShouldWait();
        bert.Asks(Lease()).ShouldGet(1);
        waiting.ShouldBeDone();
    }

    [Fact]
    public void GetMany_TakesWhatIsThereUpToItsMax()
    {
        var anna = _script.Process(1);
        anna.Tells(PutMany(1, 2, 3));
        Numbers(anna.Asks(GetMany(2))).ShouldBe([1, 2]);
        Numbers(anna.Asks(GetMany(2))).ShouldBe([3]);
        anna.Asks(GetMany(2, TimeSpan.Zero)).ShouldTimeOut();
    }

    [Fact]
    public void GetMany_Waiting_GetsAllOfOnePut()
    {
        var (anna, bert) = (_script.Process(1), _script.Process(2));
        var many = anna.Asks(GetMany(3)).ShouldWait();
        var one = bert.Asks(new QueueCommand.Get(null)).ShouldWait();
        bert.Tells(PutMany(1, 2, 3, 4, 5));
        Numbers(many).ShouldBe([1, 2, 3]);
        one.ShouldGet(4);
        anna.Asks(QueueCommand.Size.Instance).ShouldAnswer(1);
    }

    [Fact]
    public void GetMany_LargeItems_ComeInPortions()
    {
        var anna = _script.Process(1);
        var large = new Payload(new byte[400_000]);
        anna.Tells(new QueueCommand.PutMany([large, large, large], null));
        anna.Asks(GetMany(3)).ShouldAnswer(2);
        anna.Asks(GetMany(3)).ShouldAnswer(1);
    }

    [Fact]
    public void GetMany_ProcessGoneBeforeItSawThem_AllGoBackToTheirPlaces()
    {
        var (anna, bert) = (_script.Process(1), _script.Process(2));
        anna.Tells(PutMany(1, 2, 3));
        bert.Asks(GetMany(2)).ShouldAnswer(2);
        bert.Dies();
        anna.Asks(new QueueCommand.Get(null)).ShouldGet(1).ShouldAnswer(1);
        anna.Asks(new QueueCommand.Get(null)).ShouldGet(2).ShouldAnswer(1);
        anna.Asks(new QueueCommand.Get(null)).ShouldGet(3).ShouldAnswer(0);
    }

    [Fact]
    public void GetMany_OnlySomeRead_TheOthersGoBackUnmarked()
    {
        var (anna, bert) = (_script.Process(1), _script.Process(2));
        anna.Tells(PutMany(1, 2, 3));
        var many = bert.Asks(GetMany(3));
        var waiting = anna.Asks(new QueueCommand.Get(null)).ShouldWait();
        bert.Tells(new QueueCommand.AckMany(many.Caller.Call, 1));
        waiting.ShouldGet(2).ShouldAnswer(0);
        bert.Dies();
        anna.Asks(new QueueCommand.Get(null)).ShouldGet(3);
        anna.Asks(new QueueCommand.Get(TimeSpan.Zero)).ShouldTimeOut();
    }

    [Fact]
    public void PutMany_Bounded_AddsWhatFitsAndSaysHowMany()
    {
        var script = new Script(new QueueState(2));
        var (anna, bert) = (script.Process(1), script.Process(2));
        anna.Asks(PutMany(1, 2, 3)).ShouldAnswer(2);
        var waiting = anna.Asks(PutMany(3, 4)).ShouldWait();
        bert.Asks(new QueueCommand.Get(null)).ShouldGet(1);
        waiting.ShouldAnswer(1);
        Numbers(bert.Asks(GetMany(5))).ShouldBe([2, 3]);
    }

    [Fact]
    public void PutMany_BoundedWhileGettersWait_GoesOnAsTheyTake()
    {
        var script = new Script(new QueueState(1));
        var (anna, bert) = (script.Process(1), script.Process(2));
        var first = bert.Asks(new QueueCommand.Get(null)).ShouldWait();
        var second = bert.Asks(GetMany(5)).ShouldWait();
        anna.Asks(PutMany(1, 2, 3, 4)).ShouldAnswer(3);
        first.ShouldGet(1);
        Numbers(second).ShouldBe([2]);
        bert.Asks(new QueueCommand.Get(null)).ShouldGet(3);
    }

    private static int[] Numbers(Call call)
    {
        var reader = new WireReader(call.ShouldBeDone().Reply!.Value.Value.Bytes.Span);
        int[] numbers = new int[reader.Count()];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = (int)Serializer.Unpack<long>(new Payload(reader.Bytes().ToArray()));
        }

        return numbers;
    }

    private static QueueCommand.Put Put(int value) => new(Script.Value(value), null);

    private static QueueCommand.PutMany PutMany(params int[] values) => new([.. values.Select(Script.Value)], null);

    private static QueueCommand.GetMany GetMany(int max, TimeSpan? timeout = null) => new(max, timeout, 0);

    private static QueueCommand.Lease Lease(TimeSpan? timeout = null) => new(timeout);
}
