using Multiproc.Tests.Chaos.Table;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Chaos;

/// <summary>Deaths at locks for readers and writers that the table does not have, with a real kill -9.</summary>
public sealed class ReadWriteDeathTests
{
    [Fact]
    public void Reader_KilledAtAnyMoment_NeverKeepsAWriterOut()
    {
        using var gate = Mp.ReadWriteLock();
        for (int i = 0; i < 5; i++)
        {
            using var doomed = Doomed.At(there =>
            {
                // Several threads: word and slots change hands all the time.
                for (int thread = 0; thread < 2; thread++)
                {
                    new Thread(() => ReadForEver(gate)).Start();
                }

                there.Set();
            });
            for (int reads = 0; reads < 1000; reads++)
            {
                gate.ReadLock().Dispose();
            }

            doomed.Kill();
            gate.AcquireWrite(InChild.Bound).ShouldBeTrue("no hold of the dead is left");
            (gate.CurrentReadCount, gate.Abandoned).ShouldBe((0, false));
            gate.ReleaseWrite();
        }
    }

    [Fact]
    public void UpgradedWriter_Killed_LeavesItAbandoned()
    {
        using var gate = Mp.ReadWriteLock();
        using var doomed = Doomed.At(there =>
        {
            gate.AcquireUpgradeableRead();
            gate.Upgrade();
            there.Set();
        });
        doomed.Kill();
        gate.AcquireUpgradeableRead(InChild.Bound).ShouldBeTrue("the place of the dead is free");
        gate.Abandoned.ShouldBeTrue();
    }

    [Fact]
    public void Node_Killed_ThoseWhoWaitAreTold()
    {
        using var objects = Mp.Queue<(SharedReadWriteLock Gate, SharedCountdown Left)>();
        using var doomed = Doomed.At(there =>
        {
            var gate = Mp.ReadWriteLock();
            gate.AcquireWrite();
            objects.Put((gate, Mp.Countdown(1)));
            there.Set();
        });
        var (gate, left) = objects.Get(InChild.Bound);
        var reader = OwnThread.Run(() => Should.Throw<ConnectionLostException>(() => gate.AcquireRead()));
        var waiter = OwnThread.Run(() => Should.Throw<ConnectionLostException>(() => left.Wait()));
        gate.TryAcquireWrite().ShouldBeFalse("the node is there and knows both");
        doomed.Kill();
        Task.WaitAll([reader, waiter], InChild.Bound).ShouldBeTrue("both are told");
        Should.Throw<ConnectionLostException>(() => gate.AcquireWrite());
    }

    private static void ReadForEver(SharedReadWriteLock gate)
    {
        while (true)
        {
            gate.ReadLock().Dispose();
        }
    }
}
