using Multiproc.TestKit;

namespace Multiproc.Cluster.Tests.Nodes;

/// <summary>What was lost with a node that was cut off: each token has fired before another one has it, and each use afterwards is one kind of error.</summary>
[Collection(NodeTests.Name)]
public sealed class LostHoldTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(40);

    // Of the node that is stopped, from one order to the next.
    private static Held? s_held;

    [Fact]
    public void Node_StoppedForTooLong_ItsUsesOfWhatItHeldAreHoldLost()
    {
        using var folder = new ClusterFolder();
        using var here = Mp.Cluster(folder.Options());
        using var second = new NodeProcess(folder.Journal, here.Address);
        using var third = new NodeProcess(folder.Journal, here.Address);
        _ = second.Address;
        third.Do(static cluster => s_held = Held.By(cluster));
        third.Stop();
        here.Lock("gate").Acquire(s_patience).ShouldBeTrue();
        here.RLock("recursive").Acquire(s_patience).ShouldBeTrue();
        here.Semaphore("permits", 1).Acquire(s_patience).ShouldBeTrue();
        here.ReadWriteLock("written").AcquireRead(s_patience).ShouldBeTrue();
        here.ReadWriteLock("written").Abandoned.ShouldBeTrue();
        here.ReadWriteLock("read").AcquireWrite(s_patience).ShouldBeTrue();
        here.ReadWriteLock("upgradeable").AcquireUpgradeableRead(s_patience).ShouldBeTrue();
        using var leadership = here.Elect("reports");
        leadership.Wait(s_patience).ShouldBeTrue();
        third.Continue();
        third.Do(static _ => s_held!.AllIsLost());
        (here.Lock("gate").Locked, here.Semaphore("permits").Value, leadership.IsLeader).ShouldBe((true, 0, true), "nothing of it was released by the loser");
        here.ReadWriteLock("written").CurrentReadCount.ShouldBe(1);
    }

    private sealed record Held(
        SharedLock Gate, SharedRLock Recursive, SharedSemaphore Permits, SharedReadWriteLock Written, SharedReadWriteLock Read, SharedReadWriteLock Upgradeable,
        Leadership Leadership, CancellationToken[] Tokens)
    {
        public static Held By(ClusterContext cluster)
        {
            var (gate, recursive, permits) = (cluster.Lock("gate"), cluster.RLock("recursive"), cluster.Semaphore("permits", 1));
            var (written, read, upgradeable) = (cluster.ReadWriteLock("written"), cluster.ReadWriteLock("read"), cluster.ReadWriteLock("upgradeable"));
            var leadership = cluster.Elect("reports");
            leadership.Wait(s_patience).ShouldBeTrue();
            gate.Acquire();
            recursive.Acquire();
            permits.Acquire();
            written.AcquireWrite();
            read.AcquireRead();
            upgradeable.AcquireUpgradeableRead();
            return new Held(
                gate, recursive, permits, written, read, upgradeable, leadership,
                [gate.Lost, recursive.Lost, permits.Lost, written.Lost, read.Lost, upgradeable.Lost, leadership.Lost]);
        }

        public void AllIsLost()
        {
            Await.Until("all tokens have fired", () => Array.TrueForAll(Tokens, static token => token.IsCancellationRequested), s_patience);
            Should.Throw<HoldLostException>(Gate.Release).Message.ShouldContain("gate");
            Should.Throw<HoldLostException>(() => Permits.Release());
            Should.Throw<HoldLostException>(Written.ReleaseWrite);
            Should.Throw<HoldLostException>(Read.ReleaseRead);
            Should.Throw<HoldLostException>(() => Upgradeable.Upgrade(TimeSpan.Zero));
            Should.Throw<HoldLostException>(() => Leadership.Wait());
            Leadership.IsLeader.ShouldBeFalse();
            Leadership.Dispose();

            // What is not held any more, as the facade was told, is misuse like any other, or cannot be asked.
            Exception again = Should.Throw<Exception>(Gate.Release);
            (again is InvalidOperationException or (ConnectionLostException and not HoldLostException)).ShouldBeTrue(again.ToString());
        }
    }
}
