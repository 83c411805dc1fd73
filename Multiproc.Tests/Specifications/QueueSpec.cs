using Multiproc.Tests.Support;

namespace Multiproc.Tests.Specifications;

/// <summary>What a queue does, wherever it and its user are. Numbers are those of the conformance list.</summary>
/// <typeparam name="THost">Where they are.</typeparam>
public abstract class QueueSpec<THost> : Spec<THost>
    where THost : SpecHost, new()
{
    [Fact]
    public void Get_AfterPuts_GivesThemInOrder()
    {
        //
        using var queue = _host.Queue<string>();
        _host.Run(() =>
        {
            queue.Put("a");
            queue.PutNowait("b");
            queue.Put("c", TimeSpan.FromSeconds(1));
        });
        queue.QSize().ShouldBe(3);
        queue.Empty().ShouldBeFalse();
        new[] { queue.Get(), queue.GetNowait(), queue.Get(InChild.Bound) }.ShouldBe(["a", "b", "c"]);
        queue.Empty().ShouldBeTrue();
    }

    [Fact]
    public void Get_Empty_IsEmptyAtOnceOrAfterItsTimeout()
    {
        //
        using var queue = _host.Queue<int>();
        _host.Run(() =>
        {
            Should.Throw<QueueEmptyException>(() => queue.GetNowait());
            Should.Throw<QueueEmptyException>(() => queue.Get(TimeSpan.FromSeconds(-1)));
            queue.TryGet(out _).ShouldBeFalse();
            long begun = Environment.TickCount64;
            Should.Throw<QueueEmptyException>(() => queue.Get(s_short)).Message.ShouldContain("0.03 s");
            (Environment.TickCount64 - begun).ShouldBeGreaterThanOrEqualTo(25);
        });
    }

    [Fact]
    public void Put_Full_IsFullAtOnceOrAfterItsTimeout()
    {
        //
        using var queue = _host.Queue<int>(2);
        _host.Run(() =>
        {
            queue.Put(1);
            queue.Put(2);
            queue.Full().ShouldBeTrue();
            Should.Throw<QueueFullException>(() => queue.PutNowait(3));
            queue.TryPut(3).ShouldBeFalse();
            Should.Throw<QueueFullException>(() => queue.Put(3, s_short)).Message.ShouldContain("capacity 2");
            queue.Get().ShouldBe(1);
            queue.Full().ShouldBeFalse();
            queue.TryPut(3).ShouldBeTrue();
            queue.QSize().ShouldBe(2);
        });
    }

    [Fact]
    public void Put_WaitingForRoom_GoesOnWhenAnotherTakes()
    {
        using var queue = _host.Queue<int>(1);
        queue.Put(1);
        using var waiting = Mp.Event();
        var taker = Task.Run(() =>
        {
            waiting.Wait(InChild.Bound).ShouldBeTrue("the user is about to wait for room");
            return queue.Get(InChild.Bound);
        });
        _host.Run(() =>
        {
            waiting.Set();
            queue.Put(2, InChild.Bound);
        });
        taker.WaitAsync(InChild.Bound).GetAwaiter().GetResult().ShouldBe(1);
        queue.Get(InChild.Bound).ShouldBe(2);
    }

    [Fact]
    public void Get_Cancelled_LosesNoItem()
    {
        using var queue = _host.Queue<int>();
        _host.Run(() =>
        {
            using var soon = new CancellationTokenSource(s_short);
            Should.Throw<OperationCanceledException>(() => queue.Get(null, soon.Token));
            using var already = new CancellationTokenSource();
            already.Cancel();
            queue.Put(1);
            Should.Throw<OperationCanceledException>(() => queue.Get(null, already.Token));
            queue.Get().ShouldBe(1);
        });
    }

    [Fact]
    public async Task AsyncTwins_DoTheSame()
    {
        using var queue = _host.Queue<int>(2);
        _host.Run(() => UseAsync(queue).GetAwaiter().GetResult());
        (await queue.GetAsync(InChild.Bound, TestContext.Current.CancellationToken)).ShouldBe(42);
    }

    [Fact]
    public void ManyUsers_AtOnce_EveryItemOnceAndEachProducersInOrder()
    {
        const int Threads = 4;
        const int Items = 2_000;
        using var queue = _host.Queue<(int Producer, int Number)>(64);
        var taken = Task.Run(() => Enumerable.Range(0, Threads * Items).Select(_ => queue.Get(InChild.Bound)).ToList());
        _host.Run(() =>
        {
            var producers = Enumerable.Range(0, Threads).Select(producer => new Thread(() =>
            {
                for (int i = 0; i < Items; i++)
                {
                    queue.Put((producer, i));
                }
            })).ToList();
            producers.ForEach(thread => thread.Start());
            producers.ForEach(thread => thread.Join());
        });
        var all = taken.WaitAsync(InChild.Bound).GetAwaiter().GetResult();
        for (int producer = 0; producer < Threads; producer++)
        {
            all.Where(item => item.Producer == producer).Select(item => item.Number).ShouldBe(Enumerable.Range(0, Items));
        }
    }

    [Fact]
    public void LargeItems_BothWays_ArriveWhole()
    {
        using var queue = _host.Queue<byte[]>();
        byte[] item = new byte[5_000_000];
        new Random(5).NextBytes(item);
        queue.Put(item);
        _host.Run(() => queue.Put(queue.Get(InChild.Bound)));
        queue.Get(InChild.Bound).AsSpan().SequenceEqual(item).ShouldBeTrue();
    }

    [Fact]
    public void Facade_InsideAnItem_IsTheSameQueue()
    {
        using var queue = _host.Queue<SharedQueue<int>>();
        using var inner = _host.Queue<int>();
        queue.Put(inner);
        _host.Run(() => queue.Get(InChild.Bound).Put(7));
        inner.Get(InChild.Bound).ShouldBe(7);
    }

    [Fact]
    public void Put_UnsendableItem_FailsThereAndNothingIsPut()
    {
        //
        using var queue = _host.Queue<object>();
        _host.Run(() =>
        {
            Should.Throw<SerializationException>(() =>
                queue.Put(new object[] { 1, Thread.CurrentThread })).Message.ShouldContain("element 1 is a System.Threading.Thread");
            queue.Empty().ShouldBeTrue();
        });
    }

    private static async Task UseAsync(SharedQueue<int> queue)
    {
        await queue.PutAsync(1);
        await queue.PutAsync(2);
        await Should.ThrowAsync<QueueFullException>(async () => await queue.PutAsync(3, TimeSpan.Zero));
        var waiting = queue.PutAsync(42).AsTask();
        (await queue.GetAsync()).ShouldBe(1);
        await waiting;
        (await queue.GetAsync()).ShouldBe(2);
        using var source = new CancellationTokenSource();
        await queue.PutAsync(5);
        var full = queue.PutAsync(6, null, source.Token).AsTask();
        await source.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(full);
        await foreach (int item in queue.ReadAllAsync(CancellationToken.None))
        {
            if (item == 5)
            {
                break;
            }

            await queue.PutAsync(item);
        }
    }
}

public sealed class QueueInProcess : QueueSpec<InProcessHost>;

public sealed class QueueInChild : QueueSpec<ChildHost>;

public sealed class QueueInManager : QueueSpec<ManagerHost>;
