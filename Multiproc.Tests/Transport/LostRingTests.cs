using Multiproc.TestKit;
using Multiproc.Tests.Support;
using Multiproc.Transport;
using Multiproc.Transport.Rings;

namespace Multiproc.Tests.Transport;

/// <summary>
/// A process that is killed after it took the mark of a sleeper in another process and before it woke that sleeper. No other process wakes who has no mark,
/// so its death must: else the death itself would never be told.
/// </summary>
public sealed class LostRingTests
{
    [Fact]
    public void Join_KilledBetweenTheMarkAndTheWakeUpOfThePump_Ends() => InChild.Run(static () =>
    {
        using var doomed = InChild.Start(static () => Thread.CurrentThread.Join());
        TakeMark(Doorbell.PumpSleeps);
        doomed.KillAndJoin();
    });

    [Fact]
    public void Join_KilledBetweenTheMarkAndTheWakeUpOfTheLeader_Ends()
    {
        using var never = Mp.Queue<int>();
        InChild.Run(() =>
        {
            using var doomed = InChild.Start(static () => Thread.CurrentThread.Join());
            using var enough = new CancellationTokenSource();
            var leader = Task.Run(() => Should.Throw<OperationCanceledException>(() => never.Get(cancellation: enough.Token)));
            TakeMark(Doorbell.LeaderSleeps);
            doomed.KillAndJoin();
            enough.Cancel();
            leader.Wait(InChild.Bound).ShouldBeTrue("the wait is cancelled");
        });
    }

    private static unsafe void TakeMark(int sleeper)
    {
        var page = Reactor.Current.Doorbell.Memory.Address;
        Await.Until($"sleeper {sleeper} sleeps", () => Interlocked.CompareExchange(ref *(int*)page, Doorbell.Awake, sleeper) == sleeper);
    }
}
