using System.Globalization;
using Multiproc.Tests.Chaos.Table;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Chaos;

/// <summary>
/// The table of deaths in the README, row by row, each with a real kill -9. <c>MULTIPROC_CHAOS=100</c> does each row so many times and writes how long
/// the others took to go on: the stress run. <c>MULTIPROC_CHAOS_ROW=lock</c> does only the rows with that word.
/// </summary>
public sealed class DeathTableTests
{
    /// <summary>What the table promises to the next one who takes what a dead process held.</summary>
    private static readonly TimeSpan s_nextHolder = TimeSpan.FromMilliseconds(100);

    private static readonly Dictionary<string, Func<TimeSpan>> s_rows = new()
    {
        ["holder of a lock"] = HolderRows.Lock,
        ["holder of an rlock"] = HolderRows.RLock,
        ["holder of a manager's lock"] = HolderRows.ManagersLock,
        ["holder of permits"] = HolderRows.Permits,
        ["holder of a read-write lock, writing"] = ReadWriteRows.Writer,
        ["holder of a manager's read-write lock, writing"] = ReadWriteRows.ManagersWriter,
        ["holder of a read-write lock, reading"] = ReadWriteRows.Reader,
        ["holder of a read-write lock, upgrading"] = ReadWriteRows.Upgrader,
        ["participant of a countdown"] = ReadWriteRows.Participant,
        ["holder of several locks"] = TogetherRows.HolderOfAll,
        ["leader of an election"] = TogetherRows.Leader,
        ["leader of a manager's election"] = TogetherRows.ManagersLeader,
        ["process blocked in Get"] = QueueRows.BlockedInGet,
        ["process that took an item, not yet handed over"] = QueueRows.ItemNotHandedOver,
        ["process between Get and TaskDone"] = QueueRows.BetweenGetAndTaskDone,
        ["process in the middle of a put"] = QueueRows.MiddleOfAPut,
        ["holder of an item with a priority"] = TermsRows.HolderOfAPriority,
        ["process whose item has expired meanwhile"] = TermsRows.HolderOfAnExpiring,
        ["process with an item that came back too often"] = TermsRows.HolderOnceTooOften,
        ["process that put an item with a delay"] = TermsRows.PutterWithADelay,
        ["process that was given a dead letter"] = TermsRows.WaiterForADeadLetter,
        ["waiter on an event"] = WaiterRows.Event,
        ["waiter on a condition"] = WaiterRows.Condition,
        ["party at a barrier"] = WaiterRows.Barrier,
        ["process that waits for permits of a rate limiter"] = FlowRows.WaiterOfARateLimiter,
        ["process that had permits of a rate limiter"] = FlowRows.UserOfARateLimiter,
        ["publisher of a broadcast that waits for room"] = FlowRows.WaitingPublisher,
        ["process in the middle of publishing"] = FlowRows.MiddleOfPublishing,
        ["reader of a broadcast"] = FlowRows.ReaderOfABroadcast,
        ["process whose factory makes a value of a cache"] = FlowRows.MakerOfAValue,
        ["process that waits for a value of a cache"] = FlowRows.WaiterForAValue,
        ["process that adds to a counter"] = FlowRows.AdderOfACounter,
        ["pool worker during a task"] = ProcessRows.WorkerDuringATask,
        ["idle pool worker"] = ProcessRows.IdleWorker,
        ["peer of a pipe"] = ProcessRows.PeerOfAPipe,
        ["parent"] = ProcessRows.Parent,
        ["manager server"] = ProcessRows.ManagerServer,
        ["process of a watched actor"] = ActorRows.Watched,
        ["process of an actor watched by a sibling"] = ActorRows.WatchedBySibling,
    };

    public static TheoryData<string> Rows =>
        [.. s_rows.Keys.Where(static row => row.Contains(Environment.GetEnvironmentVariable("MULTIPROC_CHAOS_ROW") ?? "", StringComparison.Ordinal))];

    private static int Rounds => int.Parse(Environment.GetEnvironmentVariable("MULTIPROC_CHAOS") ?? "1", CultureInfo.InvariantCulture);

    [Theory]
    [MemberData(nameof(Rows))]
    public void Row_KilledForReal_OthersGoOn(string row)
    {
        var times = Enumerable.Range(0, Rounds).Select(_ => s_rows[row]().TotalMilliseconds).Order().ToList();
        double median = times[times.Count / 2];
        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{row}: {times.Count} deaths, 0 hangs; others went on after {median:0.0} ms (median), {times[^1]:0.0} ms (longest)"));
        if (row.StartsWith("holder", StringComparison.Ordinal))
        {
            var bound = Rounds > 1 ? s_nextHolder : Promptly.Within(2);
            median.ShouldBeLessThan(bound.TotalMilliseconds, "on a busy machine one death alone may be seen late");
        }
    }
}
