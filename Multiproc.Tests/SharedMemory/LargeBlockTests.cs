using System.Diagnostics;
using System.Runtime.CompilerServices;
using Multiproc.Nodes;
using Multiproc.SharedMemory;
using Multiproc.TestKit;
using Multiproc.Tests.Support;
using Multiproc.Transport.Rings;

namespace Multiproc.Tests.SharedMemory;

/// <summary>Other tests make and end arrays too: what is counted here must be counted alone.</summary>
[CollectionDefinition(nameof(LargeBlockTests), DisableParallelization = true)]
public sealed class LargeBlockCollection;

/// <summary>A large array's memory goes with its last user, and nobody who is late meets a fault.</summary>
[Collection(nameof(LargeBlockTests))]
public sealed class LargeBlockTests
{
    private const int Megabyte = 1 << 20;

    [Fact]
    public void Dispose_AfterItWasSent_GivesTheMemoryBack()
    {
        using var queue = Mp.Queue<SharedArray<byte>>();
        long before = Node.Current.Memory.Usage.Mapped;
        long sharedBefore = SharedBytes();
        for (int i = 0; i < 20; i++)
        {
            using var array = Mp.Array<byte>(10 * Megabyte, @lock: false);
            array.Span.Fill(1);
            queue.Put(array);
            SharedBytes().ShouldBeGreaterThan(sharedBefore + (9 * Megabyte));
            using var same = queue.Get();
            same[5].ShouldBe((byte)1);
        }

        Node.Current.Memory.Usage.Mapped.ShouldBe(before);
        SharedBytes().ShouldBeLessThan(sharedBefore + Megabyte);
    }

    [Fact]
    public void Dispose_WhileAChildUsesIt_LeavesTheChildItsOwn()
    {
        var array = Mp.RawArray<long>(Megabyte);
        array.Span.Fill(7);
        using var mapped = Mp.Event();
        using var gone = Mp.Event();
        using var reply = Mp.Queue<long>();
        using var child = InChild.Start(() =>
        {
            reply.Put(array[0]);
            mapped.Set();
            gone.Wait(InChild.Bound);
            array[1] = 5;
            reply.Put(array.Span.ToArray().Sum());
        });
        mapped.Wait(InChild.Bound).ShouldBeTrue("the child uses the array");
        array.Dispose();
        gone.Set();
        reply.Get(InChild.Bound).ShouldBe(7);
        reply.Get(InChild.Bound).ShouldBe((7L * Megabyte) - 2);
        child.Join(InChild.Bound).ShouldBeTrue("the child ends");
    }

    [Fact]
    public void Dispose_BeforeAChildUsesIt_TellsTheChild()
    {
        var array = Mp.RawArray<long>(Megabyte);
        using var gone = Mp.Event();
        using var reply = Mp.Queue<string>();
        using var child = InChild.Start(() =>
        {
            gone.Wait(InChild.Bound);
            reply.Put(Should.Throw<ObjectDisposedException>(() => array[0]).Message);
            reply.Put("and its connection lives");
        });
        array.Dispose();
        gone.Set();
        reply.Get(InChild.Bound).ShouldContain("Its node has disposed it");
        reply.Get(InChild.Bound).ShouldContain("lives");
        child.Join(InChild.Bound).ShouldBeTrue("the child ends");
    }

    [Fact]
    public void Dispose_WhileAnotherFacadeIsHere_LetsThatOneGoOn()
    {
        using var queue = Mp.Queue<SharedArray<int>>();
        long before = Node.Current.Memory.Usage.Mapped;
        var array = Mp.RawArray<int>(Megabyte);
        queue.Put(array);
        queue.Put(array);
        var other = queue.Get();
        array.Dispose();
        other[3] = 4;
        other.Sum().ShouldBe(4);
        var late = queue.Get();
        Should.Throw<ObjectDisposedException>(() => late[0]).Message.ShouldContain("Its node has disposed it");
        other.Dispose();
        Should.Throw<ObjectDisposedException>(() => other[3]);
        Node.Current.Memory.Usage.Mapped.ShouldBe(before);
    }

    [Fact]
    public void Worker_ThatForgetsWhatItWasSent_LetsGoOfIt()
    {
        using var arrays = Mp.Queue<SharedArray<byte>>();
        using var seen = Mp.Queue<long>();
        using var child = InChild.Start(() =>
        {
            for (int i = 0; i < 30; i++)
            {
                seen.Put(LookAt(arrays));
                Forget();
            }
        });
        long largest = 0;
        for (int i = 0; i < 30; i++)
        {
            using var array = Mp.RawArray<byte>(10 * Megabyte);
            arrays.Put(array);
            largest = Math.Max(largest, seen.Get(InChild.Bound));
        }

        child.Join(InChild.Bound).ShouldBeTrue("the child ends");
        largest.ShouldBeLessThan(100L * Megabyte);
    }

    [Fact]
    public void Span_OfAForgottenFacade_StaysMapped()
    {
        using var arrays = Mp.Queue<SharedArray<byte>>();
        using var array = Mp.RawArray<byte>(Megabyte);
        arrays.Put(array);
        InChild.Run(() =>
        {
            var span = arrays.Get(InChild.Bound).Span;
            Forget();
            span.Fill(3);
            Forget();
            span.IndexOfAnyExcept((byte)3).ShouldBe(-1);
        });
        array.Span.IndexOfAnyExcept((byte)3).ShouldBe(-1);
    }

    [Fact]
    public void Dispose_RacingWithReadersAndWriters_IsAnErrorForThemAndNeverAFault()
    {
        for (int round = 0; round < 200; round++)
        {
            var array = Mp.RawArray<int>(32 * 1024);
            var user = Task.Run(() =>
            {
                try
                {
                    for (int i = 0; ; i = (i + 1) % array.Length)
                    {
                        array[i]++;
                        array.Span[i]--;
                    }
                }
                catch (ObjectDisposedException)
                {
                    return true;
                }
            });
            if (round % 2 == 0)
            {
                Thread.Yield();
            }

            array.Dispose();
            user.WaitAsync(InChild.Bound).GetAwaiter().GetResult().ShouldBeTrue();
        }
    }

    [Fact]
    public void Retired_LateSpan_ReadsZeroesAndHarmsNobody()
    {
        var array = Mp.RawArray<byte>(Megabyte);
        var span = array.Span;
        span.Fill(9);
        array.Dispose();
        RetiredMemory.ReservedBytes.ShouldBeGreaterThanOrEqualTo(Megabyte);
        using var next = Mp.RawArray<byte>(Megabyte);
        span[17].ShouldBe((byte)0);
        span.Fill(8);
        next.Span.IndexOfAnyExcept((byte)0).ShouldBe(-1);
    }

    [Fact]
    public void ManyLargeArrays_OneAfterTheOther_TakeNoMoreThanOne()
    {
        long before = SharedBytes();
        int descriptors = Directory.GetFileSystemEntries("/proc/self/fd").Length;
        var clock = Stopwatch.StartNew();
        for (int i = 0; i < 6_000 && clock.Elapsed < TimeSpan.FromSeconds(4); i++)
        {
            using var array = Mp.RawArray<byte>(20_000);
            array[19_999] = 1;
        }

        SharedBytes().ShouldBeLessThan(before + Megabyte);
        Await.Until("no descriptor is left open", () => Directory.GetFileSystemEntries("/proc/self/fd").Length <= descriptors + 5);
    }

    [Fact]
    public void Blocks_MadeAndEndedByMany_LeaveNoFileAndNoDescriptor()
    {
        int before = BlockDescriptors();
        Parallel.For(0, 200, static i =>
        {
            using var block = SharedMemoryBlock.Create(5000 + i);
            using var other = SharedMemoryBlock.Attach(block.Name);
            other.Buf[^1] = 1;
        });
        BlockDescriptors().ShouldBe(before);
    }

    private static int BlockDescriptors() => new DirectoryInfo("/proc/self/fd").EnumerateFileSystemInfos()
        .Count(static each => each.LinkTarget?.StartsWith(BlockFolder.Path, StringComparison.Ordinal) == true);

    /// <summary>The facade is out of reach when this has returned.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long LookAt(SharedQueue<SharedArray<byte>> arrays)
    {
        var array = arrays.Get(InChild.Bound);
        array[100] = 1;
        array[^1].ShouldBe((byte)0);
        return SharedBytes();
    }

    private static void Forget()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    /// <summary>
    /// What the kernel says this process has mapped of our memory files, without links: those come and go, since a program always has a process ready for the
    /// next start.
    /// </summary>
    private static long SharedBytes() => File.ReadLines("/proc/self/maps")
        .Where(static line => line.Contains("memfd:multiproc", StringComparison.Ordinal))
        .Select(static line =>
        {
            string[] ends = line[..line.IndexOf(' ', StringComparison.Ordinal)].Split('-');
            return Convert.ToInt64(ends[1], 16) - Convert.ToInt64(ends[0], 16);
        })
        .Where(static bytes => bytes < LinkMemory.Size).Sum();
}
