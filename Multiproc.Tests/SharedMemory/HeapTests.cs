using System.Runtime.CompilerServices;
using FsCheck;
using FsCheck.Fluent;
using Multiproc.SharedMemory;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.SharedMemory;

public sealed unsafe class HeapTests
{
    [Fact]
    public void AllocateAndFree_RandomHistories_NeverOverlap() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(40).WithReplay(20_260_101, 11),
        Prop.ForAll(ArbMap.Default.ArbFor<int[]>(), static (int[] steps) => Run(steps)));

    [Fact]
    public void AllocateAndFree_LongHistory_NeverOverlap()
    {
        // H-01
        var random = new Random(4711);
        Run([.. Enumerable.Range(0, 3000).Select(_ => random.Next())]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(16 * 1024)]
    public void Allocate_AfterFree_GivesTheSamePlaceCleared(int size)
    {
        using var heap = new Heap();
        var first = heap.Allocate(size);
        new Span<byte>(first.Address, size).Fill(9);
        heap.Free(first);
        var second = heap.Allocate(size);
        second.ShouldBe(first);
        new Span<byte>(second.Address, size).ToArray().ShouldAllBe(static value => value == 0);
    }

    [Fact]
    public void Free_LargeBlock_GivesPagesBack()
    {
        using var heap = new Heap();
        var block = heap.Allocate(1_000_000);
        heap.Usage.Mapped.ShouldBeGreaterThanOrEqualTo(1_000_000);
        heap.IsGone(block.SegmentToken).ShouldBeFalse();
        heap.Free(block);
        heap.Usage.ShouldBe((0, 0));
        heap.IsGone(block.SegmentToken).ShouldBeTrue();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    public void Allocate_NotPositive_IsRefused(long size)
    {
        // H-03
        using var heap = new Heap();
        Should.Throw<ArgumentOutOfRangeException>(() => heap.Allocate(size));
        heap.Usage.ShouldBe((0, 0));
    }

    [Theory]
    [InlineData(1L << 50)]
    [InlineData(long.MaxValue - 64)]
    [InlineData(long.MaxValue)]
    public void Allocate_MoreThanThereIs_IsTypedErrorAndHeapLivesOn(long size)
    {
        // H-03
        using var heap = new Heap();
        Should.Throw<MultiprocException>(() => heap.Allocate(size)).Message.ShouldContain("bytes of shared memory");
        heap.Allocate(64).Size.ShouldBe(64);
    }

    [Fact]
    public void Free_OnTheFinalizersThread_DoesNotStopWhoAllocates()
    {
        // H-02
        using var heap = new Heap();
        for (int i = 0; i < 300; i++)
        {
            LeaveToTheFinalizer(heap);
            heap.Free(heap.Allocate(1 + (i % 100 * 64)));
            if (i % 30 == 0)
            {
                GC.Collect();
            }
        }

        GC.Collect();
        GC.WaitForPendingFinalizers();
        heap.Usage.Used.ShouldBe(0);
    }

    [Fact]
    public void Dispose_ByAProcessThatIsNotTheNode_FreesNothing()
    {
        // H-04
        using var value = Mp.RawValue(5L);
        InChild.Run(() => value.Dispose());
        value.Value.ShouldBe(5);
        value.Value = 6;
        using var next = Mp.RawValue(0L);
        value.Value.ShouldBe(6);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void LeaveToTheFinalizer(Heap heap) => GC.KeepAlive(new Freed(heap, heap.Allocate(100)));

    /// <summary>Odd numbers free a block, even ones take one; each block is filled with its own byte and must keep it.</summary>
    private static void Run(int[] steps)
    {
        using var heap = new Heap();
        List<(MemoryBlock Block, byte Fill)> live = [];
        foreach (int step in steps)
        {
            uint number = (uint)step;
            if (number % 2 == 1 && live.Count > 0)
            {
                int index = (int)(number / 2 % (uint)live.Count);
                AssertFilled(live[index]);
                heap.Free(live[index].Block);
                live.RemoveAt(index);
                continue;
            }

            long size = 1 + (number % 7 == 0 ? number / 7 % 40_000 : number / 7 % 300);
            var block = heap.Allocate(size);
            block.Size.ShouldBeGreaterThanOrEqualTo(size);
            (block.Pointer % 64).ShouldBe((nint)0);
            (block.Size % 64).ShouldBe(0);
            new Span<byte>(block.Address, (int)block.Size).ContainsAnyExcept((byte)0).ShouldBeFalse("a block begins cleared");
            live.ShouldAllBe(other => block.Pointer + block.Size <= other.Block.Pointer || other.Block.Pointer + other.Block.Size <= block.Pointer);
            byte fill = (byte)(1 + (live.Count % 250));
            new Span<byte>(block.Address, (int)block.Size).Fill(fill);
            live.Add((block, fill));
        }

        heap.Usage.Used.ShouldBe(live.Sum(static each => each.Block.Size));
        live.ForEach(AssertFilled);
    }

    private static void AssertFilled((MemoryBlock Block, byte Fill) each) =>
        new Span<byte>(each.Block.Address, (int)each.Block.Size).ContainsAnyExcept(each.Fill).ShouldBeFalse("somebody else wrote into a block");

    private sealed class Freed(Heap heap, MemoryBlock block)
    {
        ~Freed() => heap.Free(block);
    }
}
