using Multiproc.Objects.Lists;
using Multiproc.Peers.References;
using Multiproc.Serialization;
using static Multiproc.Objects.Lists.ListCommand;

namespace Multiproc.Tests.States;

public sealed class ListStateTests
{
    private readonly Participant _anna = new Script(new ListState([], isFixed: false)).Process(1);

    [Fact]
    public void Places_FromEitherEnd_AreTheSameItems()
    {
        // T-05
        Append(1, 2, 3);
        _anna.Asks(new Get(0)).ShouldGet(1);
        _anna.Asks(new Get(-2)).ShouldGet(3);
        _anna.Asks(new Get(-4)).ShouldGet(1);
        _anna.Asks(new Set(-2, Value(9))).ShouldAnswer(1);
        Items(_anna).ShouldBe([1, 2, 9]);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(-1)]
    [InlineData(-5)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public void Places_OutsideTheList_ChangeNothing(long at)
    {
        // T-04, FL-14
        Append(1, 2, 3);
        _anna.Asks(new Get(at)).ShouldAnswer(-1);
        _anna.Asks(new Set(at, Value(9))).ShouldAnswer(-1);
        _anna.Asks(new Take(at)).ShouldAnswer(-1);
        _anna.Asks(new CompareAndSet(at, Value(1), Value(9))).ShouldAnswer(-1);
        _anna.Asks(new Increment(at, 1)).ShouldBeRefused();
        Items(_anna).ShouldBe([1, 2, 3]);
    }

    [Theory]
    [InlineData(0, 0, new[] { 8, 9, 1, 2, 3 })]
    [InlineData(-1, 0, new[] { 1, 2, 3, 8, 9 })]
    [InlineData(1, 2, new[] { 1, 8, 9 })]
    [InlineData(0, 1, new[] { 8, 9, 2, 3 })]
    public void Splice_InsideTheList_PutsItemsInThePlaceOfOthers(long at, long removed, int[] expected)
    {
        Append(1, 2, 3);
        _anna.Asks(new Splice(at, removed, [Value(8), Value(9)])).ShouldAnswer(1);
        Items(_anna).ShouldBe(expected);
    }

    [Theory]
    [InlineData(4, 0)]
    [InlineData(-5, 0)]
    [InlineData(2, 2)]
    [InlineData(0, -1)]
    [InlineData(0, long.MaxValue)]
    [InlineData(long.MinValue, 1)]
    public void Splice_NotInsideTheList_ChangesNothing(long at, long removed)
    {
        Append(1, 2, 3);
        _anna.Asks(new Splice(at, removed, [Value(9)])).ShouldAnswer(-1);
        Items(_anna).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void Replace_SomebodyChangedTheListBetween_IsRefused()
    {
        Append(2, 1);
        long version = _anna.Asks(new ListCommand.Range(0, 9)).Reply!.Value.Number;
        _anna.Asks(ListCommand.Reverse.Instance).ShouldBeDone();
        _anna.Asks(new Replace(version, [])).ShouldAnswer(0);
        Items(_anna).ShouldBe([1, 2]);
        version = _anna.Asks(new ListCommand.Range(0, 9)).Reply!.Value.Number;
        _anna.Asks(new Replace(version, [Value(5)])).ShouldAnswer(1);
        Items(_anna).ShouldBe([5]);
    }

    [Fact]
    public void CompareAndSet_ItemMoved_ComparesWhatIsThereNow()
    {
        Append(1, 2);
        _anna.Asks(new CompareAndSet(0, Value(2), Value(9))).ShouldAnswer(0);
        _anna.Asks(new Take(0)).ShouldGet(1);
        _anna.Asks(new CompareAndSet(0, Value(2), Value(9))).ShouldAnswer(1);
        Items(_anna).ShouldBe([9]);
    }

    [Fact]
    public void FixedLength_RefusesEverythingThatChangesIt()
    {
        var array = new Script(new ListState([Value(1), Value(2)], isFixed: true)).Process(1);
        array.Asks(new Splice(-1, 0, [Value(3)])).ShouldBeRefused();
        array.Asks(new Take(0)).ShouldBeRefused();
        array.Asks(new Remove(Value(1))).ShouldBeRefused();
        array.Asks(ListCommand.Clear.Instance).ShouldBeRefused();
        array.Asks(new Replace(0, [])).ShouldBeRefused();
        array.Asks(new Splice(0, 2, [Value(3), Value(4)])).ShouldAnswer(1);
        array.Asks(new Increment(1, 10)).ShouldAnswer(14);
        Items(array).ShouldBe([3, 14]);
    }

    [Fact]
    public void Increment_OfWhatIsNoNumber_IsRefused()
    {
        _anna.Asks(new Splice(0, 0, [new Payload(new byte[] { 0x80 })]));
        _anna.Asks(new Increment(0, 1)).ShouldBeRefused();
    }

    internal static List<int> Items(Participant who)
    {
        var reader = new WireReader(who.Asks(new ListCommand.Range(0, long.MaxValue)).ShouldBeDone().Reply!.Value.Value.Bytes.Span);
        return [.. PayloadFields.Payloads(ref reader).Select(static item => (int)Serializer.Unpack<long>(item))];
    }

    private static Payload Value(int number) => Script.Value(number);

    private void Append(params int[] items) => _anna.Asks(new Splice(-1, 0, [.. items.Select(Value)])).ShouldAnswer(1);
}
