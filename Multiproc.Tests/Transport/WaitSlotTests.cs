using Multiproc.Tests.Support;
using Multiproc.Transport;

namespace Multiproc.Tests.Transport;

/// <summary>Threads that wait for a reply and are of the thread pool.</summary>
public sealed class WaitSlotTests
{
    /// <summary>
    /// A pool all of whose threads are blocked adds one in half a second, which would take 15 s, unless it is told that they are blocked.
    /// </summary>
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(12);

    /// <summary>In a process of its own: timers need the pool, and so the tokens of all other tests.</summary>
    [Fact]
    public void Park_ManyThreadsOfThePool_ItBeginsOthersForWhatBringsTheirReplies() => InChild.Run(static () => ParkMany().GetAwaiter().GetResult());

    [Fact]
    public async Task Park_OfAThreadOfThePool_EndsWhenItIsInterrupted_OrItsTimeIsUp()
    {
        var slot = new WaitSlot();
        var wait = Task.Run(() => slot.Park(null), TestContext.Current.CancellationToken);
        slot.Interrupt();
        await wait.WaitAsync(InChild.Bound, TestContext.Current.CancellationToken);
        slot.IsInterrupted.ShouldBeTrue();
        slot.Reset();
        await Task.Run(() => slot.Park(TimeSpan.FromMilliseconds(1)), TestContext.Current.CancellationToken)
            .WaitAsync(InChild.Bound, TestContext.Current.CancellationToken);
        slot.IsDone.ShouldBeFalse();
    }

    private static async Task ParkMany()
    {
        ThreadPool.GetMinThreads(out int min, out _);
        var slots = Enumerable.Range(0, min + 30).Select(static _ => new WaitSlot()).ToArray();
        var waits = slots.Select(static slot => InPool(() =>
        {
            while (!slot.IsDone)
            {
                slot.Park(InChild.Bound);
            }
        })).ToArray();
        var replies = InPool(() => Array.ForEach(slots, static slot => slot.Complete()));
        await Task.WhenAll([replies, .. waits]).WaitAsync(s_soon);
    }

    /// <summary>Behind all that the pool has to do, also when a thread of the pool asks.</summary>
    private static Task InPool(Action action) =>
        Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.PreferFairness, TaskScheduler.Default);
}
