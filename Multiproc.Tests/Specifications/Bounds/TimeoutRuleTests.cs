using Multiproc.TestKit;

namespace Multiproc.Tests.Specifications.Bounds;

/// <summary>One rule for every timeout: null and -1 ms wait for ever, zero and other negative ones do not wait, and no length of time is too long.</summary>
public sealed class TimeoutRuleTests(Stage stage) : IClassFixture<Stage>
{
    /// <summary>Their timeout is of waits to come, or they need a child: see the tests below and those of tokens.</summary>
    private static readonly string[] s_elsewhere = ["Mp.Barrier", "MultiprocContext.Barrier", "SyncManager.Barrier", "IObjectSpace.Barrier", "ParentProcess."];

    private static readonly TimeSpan[] s_noWait = [TimeSpan.Zero, TimeSpan.FromMilliseconds(-2), TimeSpan.FromTicks(-1), TimeSpan.MinValue];

    private static readonly TimeSpan[] s_waits = [Timeout.InfiniteTimeSpan, TimeSpan.MaxValue, TimeSpan.FromDays(60)];

    public static TheoryData<string> Methods =>
        [.. BoundedMethod.All.Where(static each => each.HasTimeout && !s_elsewhere.Any(each.Key.StartsWith)).Select(static each => each.Key).Distinct()];

    [Theory]
    [MemberData(nameof(Methods))]
    public void Call_WithoutAWait_OfWhatIsNotReady_SaysSoAtOnce(string key)
    {
        foreach (var (method, make) in Cases(key, ready: false))
        {
            Each(method, make, s_noWait, (subject, timeout) => ShouldBeTooLate(method, subject, timeout));
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Call_WithoutAWait_OfWhatIsReady_Succeeds(string key)
    {
        foreach (var (method, make) in Cases(key, ready: true))
        {
            Each(method, make, s_noWait.Take(2), (subject, timeout) =>
            {
                object? result = BoundedCall.Run(method, subject, timeout, CancellationToken.None);
                IsNothing(method, result).ShouldBeFalse($"{key} of {subject} with {timeout}: {result}");
            });
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Call_ForEverOrLong_WaitsUntilItsTokenFires(string key)
    {
        foreach (var (method, make) in Cases(key, ready: false).Where(static each => each.Method.HasToken))
        {
            Each(method, make, s_waits, (subject, timeout) =>
            {
                using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(20));
                Should.Throw<OperationCanceledException>(() => BoundedCall.Run(method, subject, timeout, source.Token), $"{key} of {subject} with {timeout}")
                    .CancellationToken.ShouldBe(source.Token, $"{key} of {subject} with {timeout}");
            });
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Barrier_OwnTimeout_FollowsTheRule(bool here)
    {
        using var manager = here ? null : Mp.Manager();
        using var hasty = here ? Mp.Barrier(2, timeout: TimeSpan.FromMilliseconds(-2)) : manager!.Barrier(2, timeout: TimeSpan.FromMilliseconds(-2));
        Should.Throw<BrokenBarrierException>(() => hasty.Wait());
        hasty.Reset();
        using var patient = here ? Mp.GetContext().Barrier(2, timeout: Timeout.InfiniteTimeSpan) : manager!.Barrier(2, timeout: Timeout.InfiniteTimeSpan);
        foreach (var (barrier, timeout) in new[] { (hasty, (TimeSpan?)Timeout.InfiniteTimeSpan), (patient, null) })
        {
            var first = Support.OwnThread.Run(() => barrier.Wait(timeout));
            Await.Until("the first party waits", () => barrier.Waiting == 1 || first.IsCompleted);
            first.IsCompleted.ShouldBeFalse();
            barrier.Wait(TimeSpan.Zero);
            first.Wait(TimeSpan.FromSeconds(30)).ShouldBeTrue("both parties go on");
        }
    }

    private IEnumerable<(BoundedMethod Method, Func<Subject> Make)> Cases(string key, bool ready) =>
        BoundedMethod.All.Where(each => each.Key == key).SelectMany(method => stage.For(method, ready).Select(make => (method, make)));

    private static void Each(BoundedMethod method, Func<Subject> make, IEnumerable<TimeSpan> timeouts, Action<Subject, TimeSpan> test)
    {
        Subject? subject = null;
        try
        {
            foreach (var timeout in timeouts)
            {
                if (!method.LeavesItsSubject)
                {
                    subject?.Dispose();
                    subject = null;
                }

                subject ??= make();
                test(subject, timeout);
            }
        }
        finally
        {
            subject?.Dispose();
        }
    }

    private static void ShouldBeTooLate(BoundedMethod method, Subject subject, TimeSpan timeout)
    {
        object? result;
        try
        {
            result = BoundedCall.Run(method, subject, timeout, CancellationToken.None);
        }
        catch (Exception late) when (late is MultiprocTimeoutException or QueueEmptyException or QueueFullException or BrokenBarrierException)
        {
            return;
        }

        IsNothing(method, result).ShouldBeTrue($"{method.Key} of {subject} with {timeout} gave {result}");
    }

    /// <summary>Whether a result says that nothing was done.</summary>
    private static bool IsNothing(BoundedMethod method, object? result) =>
        result is false or IReadOnlyList<object> { Count: 0 } || (result is 0 && method.Key.Contains("TryPublishMany", StringComparison.Ordinal));
}
