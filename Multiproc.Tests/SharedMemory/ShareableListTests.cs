using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;

namespace Multiproc.Tests.SharedMemory;

/// <summary>Lists in shared memory. Numbers are those of the conformance list.</summary>
public sealed class ShareableListTests
{
    private static readonly object?[] s_items = ["howdy", "HoWdY"u8.ToArray(), -273.154, 100, null, true, 42];

    [Fact]
    public void List_OfEachType_KeepsValuesTypesAndFormat()
    {
        // SL-01, SL-03
        using var list = new ShareableList(s_items);
        list.Count.ShouldBe(7);
        list.ShouldBe(["howdy", "HoWdY"u8.ToArray(), -273.154, 100L, null, true, 42L]);
        list.Format.ShouldBe("8s8sdqxxxxxx?xxxxxxxx?q");
        list[3] = 43;
        list[0] = "hi";
        list[5] = false;
        list.Format.ShouldBe("8s8sdqxxxxxx?xxxxxxxx?q");
        list.ToString().ShouldBe($"ShareableList([\"hi\", 486F576459, -273.154, 43, null, False, 42], name='{list.Name}')");
        list.Block.Name.ShouldBe(list.Name);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void Index_OutOfRange_IsAnError(int index)
    {
        // SL-02
        using var list = new ShareableList(s_items);
        Should.Throw<ArgumentOutOfRangeException>(() => list[index]);
        Should.Throw<ArgumentOutOfRangeException>(() => list[index] = 1);
        list[^1].ShouldBe(42L);
        Should.Throw<ArgumentOutOfRangeException>(() => list[^8]);
    }

    [Fact]
    public void IndexOfAndCountOf_CompareTypeAndValue()
    {
        // SL-04
        using var list = new ShareableList([100L, "100", 1L, true, 1.0, null, 100L, new byte[] { 1 }, double.NaN]);
        list.IndexOf(100).ShouldBe(0);
        list.IndexOf("100").ShouldBe(1);
        list.IndexOf(true).ShouldBe(3);
        list.IndexOf(1.0).ShouldBe(4);
        list.IndexOf(null).ShouldBe(5);
        list.IndexOf(new byte[] { 1 }).ShouldBe(7);
        list.IndexOf(double.NaN).ShouldBe(8);
        list.IndexOf("101").ShouldBe(-1);
        list.CountOf(100L).ShouldBe(2);
        list.CountOf(7).ShouldBe(0);
    }

    [Fact]
    public void Item_OfAnotherType_TakesTheSlotAndItsFormat()
    {
        // SL-05
        using var list = new ShareableList(s_items);
        list[3] = "text";
        list[2] = 7;
        list[0] = null;
        list[6] = 0.5;
        list.ShouldBe([null, "HoWdY"u8.ToArray(), 7L, "text", null, true, 0.5]);
        list.Format.ShouldBe("xxxxxx?x8sq8sxxxxxx?xxxxxxxx?d");
        Should.Throw<ArgumentException>(() => list[0] = 1m).Message.ShouldContain("System.Decimal");
        Should.Throw<ArgumentException>(() => new ShareableList([new object()]));
    }

    [Fact]
    public void Item_LongerThanItsSlot_IsAnErrorAndChangesNothing()
    {
        // SL-06
        using var list = new ShareableList(["a", "1234567", "z"]);
        list[1] = "12345678";
        Should.Throw<ArgumentException>(() => list[1] = "123456789").Message.ShouldContain("exceeds available storage");
        Should.Throw<ArgumentException>(() => list[1] = new byte[9]);
        list[1] = "öäüß";
        Should.Throw<ArgumentException>(() => list[1] = "öäüßx");
        list.ShouldBe(["a", "öäüß", "z"]);
    }

    [Fact]
    public void List_OfAList_IsIndependentAndAttachingShares()
    {
        // SL-07
        using var list = new ShareableList(s_items);
        list[0] = "";
        string name = "test_" + Guid.NewGuid().ToString("N");
        using var copy = new ShareableList(list, name);
        copy.Name.ShouldBe(name);
        copy.Format.ShouldBe(list.Format);
        copy.ShouldBe(list);
        copy[3] = 1;
        list[3].ShouldBe(100L);
        using var same = ShareableList.Attach(name);
        same[3].ShouldBe(1L);
        same[3] = 2;
        copy[3].ShouldBe(2L);
    }

    [Fact]
    public void List_OfNothing_Works()
    {
        // SL-08
        using var list = new ShareableList([]);
        list.Count.ShouldBe(0);
        list.Format.ShouldBe("");
        list.ShouldBeEmpty();
        list.CountOf(null).ShouldBe(0);
        list.IndexOf(1).ShouldBe(-1);
        using var same = ShareableList.Attach(list.Name);
        same.Count.ShouldBe(0);
    }

    [Fact]
    public void Items_OfAnyContent_AreReadBackExactly() => Check.One(
        // SL-10: Python loses zeroes at the end, and counts characters instead of bytes.
        Config.QuickThrowOnFailure.WithMaxTest(60).WithReplay(20_260_102, 13),
        Prop.ForAll(ArbMap.Default.ArbFor<(byte[], NonNull<string>, double, long, bool)[]>(), static items =>
        {
            object?[] all = [.. items.SelectMany(static each => new object?[]
            {
                each.Item1 ?? [], each.Item2.Get.Replace("\ud800", "", StringComparison.Ordinal), each.Item3, each.Item4, each.Item5, null,
                new byte[each.Item4 & 31], "a\0\0",
            }).Select(static each => each is string text ? System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text)) : each)];
            using var list = new ShareableList(all);
            using var same = ShareableList.Attach(list.Name);
            same.ShouldBe(all);
        }));

    [Fact]
    public void Attach_BlockWithoutAList_IsATypedError()
    {
        using var block = SharedMemoryBlock.Create(64);
        Should.Throw<MultiprocException>(() => ShareableList.Attach(block.Name)).Message.ShouldContain("does not hold a ShareableList");
        using var tiny = SharedMemoryBlock.Create(1);
        Should.Throw<MultiprocException>(() => ShareableList.Attach(tiny.Name));
    }

    [Fact]
    public void Attach_ListThatWasWrittenOver_IsATypedErrorAndNoFault()
    {
        var random = new Random(7);
        for (int round = 0; round < 300; round++)
        {
            using var list = new ShareableList(s_items);
            int at = 8 + (random.Next((list.Block.Buf.Length - 8) / 8) * 8);
            BinaryPrimitives.WriteInt64LittleEndian(list.Block.Buf[at..], random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64));
            try
            {
                using var same = ShareableList.Attach(list.Name);
                same.Count(static _ => true).ShouldBeLessThanOrEqualTo(7);
            }
            catch (MultiprocException broken)
            {
                broken.Message.ShouldContain("does not hold");
            }
        }
    }
}
