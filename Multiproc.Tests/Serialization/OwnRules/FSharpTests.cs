using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Core;

namespace Multiproc.Tests.Serialization.OwnRules;

/// <summary>Values of F#, which its own classes keep in fields that are not sent, or nested as deep as they are long.</summary>
public sealed class FSharpTests
{
    private sealed record Order(FSharpMap<string, int> Lines, FSharpOption<string> Note);

    [Fact]
    public void Map_Sent_HasItsEntries()
    {
        var map = new FSharpMap<string, int>([Tuple.Create("b", 2), Tuple.Create("a", 1)]);
        var copy = Wire.RoundTrip(map);
        copy.ShouldBe(map);
        copy["b"].ShouldBe(2);
        Wire.RoundTrip<object>(map).ShouldBe(map);
        Wire.RoundTrip<Func<int>>(() => map["a"])().ShouldBe(1);
        var order = new Order(map, FSharpOption<string>.Some("n"));
        Wire.RoundTrip(order).Lines["a"].ShouldBe(1);
        Wire.RoundTrip(order).Note.Value.ShouldBe("n");
        Wire.RoundTrip(new FSharpMap<string, int>([])).IsEmpty.ShouldBeTrue();
        copy.Add("c", 3).Count.ShouldBe(3);
    }

    [Fact]
    public void Set_Sent_HasItsItems()
    {
        var set = new FSharpSet<string>(["b", "a"]);
        Wire.RoundTrip(set).ShouldBe(set);
        Wire.RoundTrip(set).Contains("b").ShouldBeTrue();
        Wire.RoundTrip(set.Add("c")).Count.ShouldBe(3);
        Wire.RoundTrip(new FSharpSet<int>([])).IsEmpty.ShouldBeTrue();
        Wire.RoundTrip(new FSharpMap<int, FSharpSet<string>>([Tuple.Create(1, set)]))[1].ShouldBe(set);
    }

    [Fact]
    public void List_OfAnyLength_HasItsItems()
    {
        var list = ListModule.OfSeq(Enumerable.Range(0, 5000));
        Wire.RoundTrip(list).ShouldBe(list);
        Wire.RoundTrip(FSharpList<string>.Empty).IsEmpty.ShouldBeTrue();
        Wire.RoundTrip<object>(ListModule.OfSeq(["a"])).ShouldBe(ListModule.OfSeq(["a"]));
    }

    [Fact]
    public void Others_OfFSharp_AreTheirFields()
    {
        Wire.RoundTrip(FSharpOption<int>.Some(5)).Value.ShouldBe(5);
        Wire.RoundTrip(FSharpOption<int>.None).ShouldBeNull();
        Wire.RoundTrip(FSharpValueOption<string>.Some("v")).Value.ShouldBe("v");
        Wire.RoundTrip(FSharpValueOption<string>.None).IsNone.ShouldBeTrue();
        var result = FSharpResult<int, string>.NewError("wrong");
        Wire.RoundTrip(result).ShouldBe(result);
        Wire.RoundTrip(FSharpChoice<int, string>.NewChoice2Of2("two")).ShouldBe(FSharpChoice<int, string>.NewChoice2Of2("two"));
        Wire.RoundTrip(new FSharpRef<int>(7)).contents.ShouldBe(7);
    }

    [Fact]
    public void Sequence_NotYetComputed_IsRefused() =>
        Wire.RefusalOf<object>(SeqModule.Map(FSharpFunc<int, int>.FromConverter(static x => x + 1), (int[])[1, 2]))
            .ShouldContain("whose code would run in the receiver: send its items, with Seq.toArray or Seq.toList");
}
