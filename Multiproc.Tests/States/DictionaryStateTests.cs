using Multiproc.Objects.Dictionaries;
using Multiproc.Peers.References;
using Multiproc.Serialization;
using static Multiproc.Objects.Dictionaries.DictionaryCommand;

namespace Multiproc.Tests.States;

public sealed class DictionaryStateTests
{
    private readonly Participant _anna;

    public DictionaryStateTests() => _anna = new Script(new DictionaryState()).Process(1);

    [Fact]
    public void Get_AfterSet_GivesTheLastValue()
    {
        _anna.Asks(new Get(Key(1))).ShouldAnswer(-1);
        _anna.Asks(new Set(Key(1), Value(10))).ShouldBeDone();
        _anna.Asks(new Set(Key(1), Value(11))).ShouldBeDone();
        _anna.Asks(new Get(Key(1))).ShouldGet(11);
        _anna.Asks(Count.Instance).ShouldAnswer(1);
    }

    [Fact]
    public void TryAdd_KeyIsThere_ChangesNothing()
    {
        _anna.Asks(new TryAdd(Key(1), Value(10))).ShouldAnswer(1);
        _anna.Asks(new TryAdd(Key(1), Value(11))).ShouldAnswer(0);
        _anna.Asks(new Get(Key(1))).ShouldGet(10);
    }

    [Fact]
    public void Remove_OnceThere_GivesTheValueOnce()
    {
        _anna.Asks(new Set(Key(1), Value(10)));
        _anna.Asks(new Remove(Key(1))).ShouldGet(10);
        _anna.Asks(new Remove(Key(1))).ShouldAnswer(-1);
        _anna.Asks(Count.Instance).ShouldAnswer(0);
    }

    [Fact]
    public void CompareAndSet_SomebodyWroteBetween_IsRefused()
    {
        _anna.Asks(new CompareAndSet(Key(1), -1, Value(1))).ShouldAnswer(1);
        long version = _anna.Asks(new Get(Key(1))).Reply!.Value.Number;
        _anna.Asks(new Set(Key(1), Value(1)));
        _anna.Asks(new CompareAndSet(Key(1), version, Value(2))).ShouldAnswer(0);
        _anna.Asks(new CompareAndSet(Key(1), -1, Value(2))).ShouldAnswer(0);
        _anna.Asks(new Get(Key(1))).ShouldGet(1);
    }

    [Fact]
    public void CompareAndSet_KeyWasRemovedAndCameBack_IsRefused()
    {
        _anna.Asks(new Set(Key(1), Value(1)));
        long version = _anna.Asks(new Get(Key(1))).Reply!.Value.Number;
        _anna.Asks(new Remove(Key(1)));
        _anna.Asks(new Set(Key(1), Value(1)));
        _anna.Asks(new CompareAndSet(Key(1), version, Value(2))).ShouldAnswer(0);
    }

    [Fact]
    public void Increment_NewAndOldKeys_CountsFromZeroAndFromTheValue()
    {
        _anna.Asks(new Set(Key(1), Value(40)));
        _anna.Asks(new Increment([(Key(2), 1), (Key(1), 2), (Key(1), 3)])).ShouldAnswer(45);
        _anna.Asks(new Get(Key(1))).ShouldGet(45);
        _anna.Asks(new Get(Key(2))).ShouldGet(1);
    }

    [Fact]
    public void Increment_OneValueIsNoNumber_ChangesNothingAtAll()
    {
        _anna.Asks(new Set(Key(2), new Payload(new byte[] { 0x80 })));
        _anna.Asks(new Increment([(Key(1), 1), (Key(2), 1)])).ShouldBeRefused();
        _anna.Asks(new Get(Key(1))).ShouldAnswer(-1);
    }

    [Fact]
    public void Page_WhileOthersWrite_SeesWhatStaysOnce()
    {
        for (int i = 0; i < 200; i++)
        {
            _anna.Asks(new Set(Key(i), Value(i)));
        }

        var seen = new List<int>();
        long cursor = 0;
        for (int page = 0; cursor >= 0; page++)
        {
            var reply = _anna.Asks(new Page(cursor, 10)).ShouldBeDone().Reply!.Value;
            cursor = reply.Number;
            seen.AddRange(PageOf(reply.Value).Select(static entry => entry.Key));
            _anna.Asks(new Remove(Key(page * 2)));
            _anna.Asks(new Set(Key(page * 2), Value(-1)));
        }

        int[] stayed = [.. Enumerable.Range(0, 200).Where(static i => i % 2 == 1)];
        seen.Where(static key => key % 2 == 1).ShouldBe(stayed);
    }

    [Fact]
    public void Commit_NobodyWroteWhatWasRead_ChangesAllTogether()
    {
        _anna.Asks(new Set(Key(1), Value(10)));
        long version = _anna.Asks(new Get(Key(1))).Reply!.Value.Number;
        _anna.Asks(new Commit([(Key(1), version), (Key(2), -1)], [(Key(1), null), (Key(2), Value(20)), (Key(3), Value(30))])).ShouldAnswer(1);
        _anna.Asks(new Get(Key(1))).ShouldAnswer(-1);
        _anna.Asks(new Get(Key(2))).ShouldGet(20);
        _anna.Asks(new Get(Key(3))).ShouldGet(30);
    }

    [Fact]
    public void Commit_OneOfTheReadKeysWasWritten_ChangesNothing()
    {
        _anna.Asks(new Set(Key(1), Value(10)));
        long version = _anna.Asks(new Get(Key(1))).Reply!.Value.Number;
        _anna.Asks(new Set(Key(2), Value(1)));
        _anna.Asks(new Commit([(Key(1), version), (Key(2), -1)], [(Key(1), Value(11)), (Key(3), Value(30))])).ShouldAnswer(0);
        _anna.Asks(new Get(Key(1))).ShouldGet(10);
        _anna.Asks(new Get(Key(3))).ShouldAnswer(-1);
    }

    [Fact]
    public void PopLast_GivesTheNewestEntryAndSkipsRemovedOnes()
    {
        // T-08
        _anna.Asks(PopLast.Instance).ShouldAnswer(-1);
        _anna.Asks(new Set(Key(1), Value(10)));
        _anna.Asks(new Set(Key(2), Value(20)));
        _anna.Asks(new Set(Key(3), Value(30)));
        _anna.Asks(new Remove(Key(3)));
        var reader = new WireReader(_anna.Asks(PopLast.Instance).ShouldBeDone().Reply!.Value.Value.Bytes.Span);
        (PayloadFields.Payload(ref reader), PayloadFields.Payload(ref reader)).ShouldBe((Key(2), Value(20)));
        _anna.Asks(Count.Instance).ShouldAnswer(1);
    }

    [Fact]
    public void GetMany_TellsWhichAreThere()
    {
        _anna.Asks(new Set(Key(2), Value(20)));
        var reader = new WireReader(_anna.Asks(new GetMany([Key(1), Key(2)])).ShouldAnswer(2).Reply!.Value.Value.Bytes.Span);
        reader.VarUInt().ShouldBe(2ul);
        reader.VarInt().ShouldBe(-1);
        PayloadFields.Payload(ref reader).ShouldBe(Payload.Empty);
        reader.VarInt().ShouldBeGreaterThan(0);
        PayloadFields.Payload(ref reader).ShouldBe(Value(20));
    }

    internal static Payload Key(int number) => Script.Value(number);

    internal static Payload Value(int number) => Script.Value(number);

    internal static List<(int Key, int Value)> PageOf(Payload page)
    {
        var reader = new WireReader(page.Bytes.Span);
        var fields = PayloadFields.Payloads(ref reader);
        return [.. fields.Chunk(2).Select(static pair => ((int)Serializer.Unpack<long>(pair[0]), (int)Serializer.Unpack<long>(pair[1])))];
    }
}
