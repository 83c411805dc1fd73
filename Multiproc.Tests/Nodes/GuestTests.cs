using Multiproc.Nodes;
using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.TestKit;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Nodes;

/// <summary>Callers without a link: they hold and wait as processes do, and what they held comes back when they end.</summary>
public sealed class GuestTests
{
    [Fact]
    public void Dismiss_HolderOfALock_NextGuestGetsIt()
    {
        using var gate = Mp.Lock();
        var (first, firstGate) = Guest(gate);
        var (second, secondGate) = Guest(gate);
        firstGate.Acquire(InChild.Bound).ShouldBeTrue();
        gate.TryAcquire().ShouldBeFalse();
        secondGate.TryAcquire().ShouldBeFalse();
        var waits = Task.Run(() => secondGate.Acquire(InChild.Bound));
        Dismiss(first);
        waits.GetAwaiter().GetResult().ShouldBeTrue();
        gate.Abandoned.ShouldBeTrue();
        secondGate.Release();
        gate.TryAcquire().ShouldBeTrue();
        gate.Release();
        Dismiss(second);
    }

    [Fact]
    public void Dismiss_GuestWithAnItemInHand_ItemGoesBack()
    {
        using var queue = Mp.Queue<string>();
        queue.PutMany(["a", "b"]);
        var (guest, its) = Guest(queue);
        its.Lease(InChild.Bound).Item.ShouldBe("a");
        queue.QSize().ShouldBe(1);
        Dismiss(guest);
        queue.Get(InChild.Bound).ShouldBe("a");
    }

    [Fact]
    public void Get_OfAGuest_IsAcknowledged()
    {
        using var queue = Mp.Queue<string>();
        queue.Put("a");
        var (guest, its) = Guest(queue);
        its.Get(InChild.Bound).ShouldBe("a");
        Dismiss(guest);
        queue.QSize().ShouldBe(0);
    }

    [Fact]
    public void Dismiss_GuestWhoseCallWaits_CallFails()
    {
        using var gate = Mp.Lock();
        gate.Acquire();
        var (guest, its) = Guest(gate);
        var waits = Task.Factory.StartNew(() => its.Acquire(), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Await.Until("the guest waits", () => Mp.Inspect().Any(each => each.Id == gate.Handle.Id && each.Waiters.Count > 0));
        Dismiss(guest);
        Should.Throw<ConnectionLostException>(() => waits.GetAwaiter().GetResult());
        gate.Release();
        gate.TryAcquire().ShouldBeTrue("nobody has it");
        gate.Release();
    }

    [Fact]
    public void Call_OfAGuestThatHasEnded_FailsAndHoldsNothing()
    {
        using var gate = Mp.Lock();
        var (guest, its) = Guest(gate);
        Dismiss(guest);
        Should.Throw<ConnectionLostException>(() => its.Acquire(InChild.Bound));
        gate.TryAcquire().ShouldBeTrue();
        gate.Release();
    }

    [Fact]
    public void Dispose_OfAGuestsFacade_LeavesTheObject()
    {
        using var gate = Mp.Lock();
        var (guest, its) = Guest(gate);
        its.Dispose();
        gate.TryAcquire().ShouldBeTrue();
        gate.Release();
        Dismiss(guest);
    }

    private static (int Number, T Facade) Guest<T>(T shared)
        where T : SharedObject
    {
        int number = Node.Current.Peers.AdmitGuest(0);
        var packed = Serializer.Pack(shared);
        return (number, ObjectHandle.ReadAs(number, () => Serializer.Unpack<T>(packed)));
    }

    private static void Dismiss(int guest) => Node.Current.Peers.Guests!.Dismiss(guest);
}
