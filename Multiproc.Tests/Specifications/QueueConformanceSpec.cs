using System.Runtime.CompilerServices;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Specifications;

/// <summary>The list of what CPython's queue does, line by line; the numbers are the list's.</summary>
/// <typeparam name="THost">Where the queue and its user are.</typeparam>
public abstract class QueueConformanceSpec<THost> : Spec<THost>
    where THost : SpecHost, new()
{
    private static readonly TimeSpan s_tenthOfASecond = TimeSpan.FromMilliseconds(100);

    [Fact]
    public void Put_EveryWay_SucceedsWhileThereIsRoom()
    {
        // FL-08
        using var queue = _host.Queue<int>(6);
        _host.Run(() =>
        {
            queue.Empty().ShouldBeTrue();
            queue.Full().ShouldBeFalse();
            queue.Put(1);
            queue.Put(2, null);
            queue.Put(3, TimeSpan.FromSeconds(1));
            queue.Put(4, TimeSpan.Zero);
            queue.TryPut(5).ShouldBeTrue();
            queue.PutNowait(6);
            queue.Empty().ShouldBeFalse();
            queue.Full().ShouldBeTrue();
            Should.Throw<QueueFullException>(() => queue.Put(7, TimeSpan.FromSeconds(-1)));
            Should.Throw<QueueFullException>(() => queue.PutNowait(7));
            long begun = Environment.TickCount64;
            Should.Throw<QueueFullException>(() => queue.Put(7, s_tenthOfASecond));
            (Environment.TickCount64 - begun).ShouldBeGreaterThanOrEqualTo(90);
            new[] { queue.Get(), queue.Get(null), queue.Get(TimeSpan.FromSeconds(1)), queue.GetNowait(), queue.Get(TimeSpan.Zero), queue.Get() }
                .ShouldBe([1, 2, 3, 4, 5, 6]);
            queue.Empty().ShouldBeTrue();
            queue.Full().ShouldBeFalse();
        });
    }

    [Fact]
    public void MaxSize_ZeroOrLess_IsUnbounded()
    {
        //
        using var zero = _host.Queue<int>(0);
        using var negative = _host.Queue<int>(-1);
        _host.Run(() =>
        {
            foreach (var queue in new[] { zero, negative })
            {
                queue.MaxSize.ShouldBe(0);
                queue.PutMany(Enumerable.Range(0, 1000));
                queue.PutNowait(1);
                queue.Full().ShouldBeFalse();
            }
        });
    }

    [Fact]
    public void Get_ItemsOfTwoProcesses_ThoseBeforeTheStartComeFirst()
    {
        // the child ends right after its last put.
        using var queue = _host.Queue<int>();
        queue.PutMany(Enumerable.Range(0, 10));
        _host.Run(() =>
        {
            for (int i = 10; i < 20; i++)
            {
                queue.Put(i);
            }
        });
        Enumerable.Range(0, 20).Select(_ => queue.Get(InChild.Bound)).ShouldBe(Enumerable.Range(0, 20));
        queue.TryGet(out _).ShouldBeFalse();
    }

    [Fact]
    public void QSize_AfterEachCall_IsRightAtOnce()
    {
        //
        using var queue = _host.Queue<int>();
        _host.Run(() =>
        {
            queue.QSize().ShouldBe(0);
            queue.Put(1);
            queue.QSize().ShouldBe(1);
            queue.Put(5);
            queue.QSize().ShouldBe(2);
            queue.QSizeAsync().AsTask().GetAwaiter().GetResult().ShouldBe(2);
            queue.Get();
            queue.QSize().ShouldBe(1);
            queue.Get();
            queue.QSize().ShouldBe(0);
        });
    }

    [Fact]
    public void Put_BadItemThenGoodOne_TheGoodOneHasRoomAndTheErrorIsThePutters()
    {
        // the item is serialized in put, so the error comes there: no stack on stderr, no hook.
        using var queue = _host.Queue<object>(1);
        _host.Run(() =>
        {
            Should.Throw<SerializationException>(() => queue.Put(Thread.CurrentThread, TimeSpan.Zero)).Message.ShouldContain("System.Threading.Thread");
            queue.Put(true, TimeSpan.Zero);
            queue.QSize().ShouldBe(1);
            queue.Get(InChild.Bound).ShouldBe(true);
            queue.Empty().ShouldBeTrue();
        });
    }

    [Fact]
    public void Closed_PutAndGet_AreErrors()
    {
        // closing is local.
        using var queue = _host.Queue<int>();
        using var facades = _host.Queue<SharedQueue<int>>();
        facades.Put(queue);
        _host.Run(() =>
        {
            var own = facades.Get(InChild.Bound);
            own.Put(7);
            own.Close();
            own.Close();
            Should.Throw<InvalidOperationException>(() => own.Put(1)).Message.ShouldContain("is closed");
            Should.Throw<InvalidOperationException>(() => own.PutAsync(1).AsTask().GetAwaiter().GetResult());
            Should.Throw<InvalidOperationException>(() => own.PutMany([1]));
            Should.Throw<InvalidOperationException>(() => own.Get()).Message.ShouldContain("is closed");
            Should.Throw<InvalidOperationException>(() => own.GetAsync().AsTask().GetAwaiter().GetResult());
            Should.Throw<InvalidOperationException>(() => own.GetMany(1));
            Should.Throw<InvalidOperationException>(() => own.Lease());
        });
        queue.Put(8);
        queue.GetMany(1).ShouldBe([7]);
        queue.Get().ShouldBe(8);
    }

    [Fact]
    public void JoinThread_AfterClose_EverythingIsInTheNode()
    {
        //
        using var queue = _host.Queue<byte[]>();
        using var facades = _host.Queue<SharedQueue<byte[]>>();
        facades.Put(queue);
        facades.Put(queue);
        _host.Run(() =>
        {
            var own = facades.Get(InChild.Bound);
            Should.Throw<InvalidOperationException>(() => own.JoinThread()).Message.ShouldContain("Close()");
            own.Put(new byte[3_000_000]);
            own.Close();
            own.JoinThread();
            queue.QSize().ShouldBe(1);
            own.JoinThreadAsync().AsTask().Wait(InChild.Bound).ShouldBeTrue("joined asynchronously");
            var other = facades.Get(InChild.Bound);
            other.Put([1]);
            other.CancelJoinThread();
            other.Close();
            other.JoinThread();
        });
        queue.Get(InChild.Bound).Length.ShouldBe(3_000_000);
        queue.Get(InChild.Bound).ShouldBe([1]);
    }

    [Fact]
    public void Use_InsideAStaticConstructor_DoesNotDeadlock()
    {
        //
        using var queue = _host.Queue<int>();
        _host.Run(() =>
        {
            Initializing<THost>.Queue = queue;
            RuntimeHelpers.RunClassConstructor(typeof(Initialized<THost>).TypeHandle);
            Initialized<THost>.Got.ShouldBe(42);
        });
    }

    [Fact]
    public void Facade_InAnItem_MayBePassedAnywhere()
    {
        //
        using var queue = _host.Queue<SharedQueue<string>>();
        using var passed = _host.Queue<string>();
        _host.Run(() => queue.Put(passed));
        queue.Get(InChild.Bound).Put("through it");
        passed.Get(InChild.Bound).ShouldBe("through it");
    }

    [Fact]
    public void Get_ManyWithATimeout_AllEndTogether()
    {
        // nobody waits first for the others and then for data.
        using var queue = _host.Queue<int>();
        _host.Run(() =>
        {
            long begun = Environment.TickCount64;
            var getters = Enumerable.Range(0, 16).Select(_ => new Thread(() => Should.Throw<QueueEmptyException>(() => queue.Get(s_tenthOfASecond)))).ToList();
            getters.ForEach(getter => getter.Start());
            getters.ForEach(getter => getter.Join(InChild.Bound).ShouldBeTrue("a getter ends"));
            (Environment.TickCount64 - begun).ShouldBeInRange(90, 16 * 90);
        });
    }

    [Fact]
    public void Get_UnreadableItem_IsConsumedAndTheNextPasses()
    {
        //
        using var queue = _host.Queue<string>(3);
        var numbers = new SharedQueue<int>(queue.Handle, 3);
        _host.Run(() =>
        {
            numbers.Put(1);
            queue.Put("after it");
            Should.Throw<SerializationException>(() => queue.Get());
            queue.QSize().ShouldBe(1);
            queue.Get().ShouldBe("after it");
            queue.Put("a");
            numbers.Put(1);
            queue.Put("b");
            queue.GetMany(3).ShouldBe(["a"]);
            Should.Throw<SerializationException>(() => queue.GetMany(3));
            queue.GetMany(3).ShouldBe(["b"]);
        });
    }

    [Fact]
    public void Empty_Closed_IsTrueWhenNeverUsedElseAnError()
    {
        //
        using var unused = _host.Queue<int>();
        using var used = _host.JoinableQueue<int>();
        _host.Run(() =>
        {
            unused.Close();
            unused.Empty().ShouldBeTrue();
            used.Put(1);
            used.Close();
            Should.Throw<IOException>(() => used.Empty()).Message.ShouldContain("is closed");
        });
    }
}

/// <summary>Where a static constructor finds its queue.</summary>
internal static class Initializing<THost>
{
    public static SharedQueue<int> Queue { get; set; } = null!;
}

internal static class Initialized<THost>
{
    static Initialized()
    {
        Initializing<THost>.Queue.Put(42);
        Got = Initializing<THost>.Queue.Get(InChild.Bound);
    }

    public static int Got { get; }
}

public sealed class QueueConformanceInProcess : QueueConformanceSpec<InProcessHost>;

public sealed class QueueConformanceInChild : QueueConformanceSpec<ChildHost>;

public sealed class QueueConformanceInManager : QueueConformanceSpec<ManagerHost>;
