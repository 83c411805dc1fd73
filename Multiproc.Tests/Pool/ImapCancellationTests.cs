using System.Runtime.CompilerServices;
using Multiproc.Pool;

namespace Multiproc.Tests.Pool;

/// <summary>A call of a pool whose token fires is never taken for one that is complete, whatever its tasks and inputs are doing then.</summary>
public sealed class ImapCancellationTests(PoolFixture fixture) : IClassFixture<PoolFixture>
{
    public enum Inputs
    {
        Collection,
        Lazy,
        Async,
    }

    public enum Taking
    {
        Enumerator,
        Next,
        Async,
    }

    public static MatrixTheoryData<Inputs, bool, Taking> Cases => new(Enum.GetValues<Inputs>(), [true, false], Enum.GetValues<Taking>());

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Token_FiresWhileTheWorkerIsBusyWithAnotherCall_IsACancellation(Inputs kind, bool ordered, Taking taking)
    {
        using var pool = Mp.Pool(1);
        using var busy = Mp.Event();
        using var go = Mp.Event();
        var other = pool.ApplyAsync(Block, (busy, go));
        busy.Wait(Bounded.Time).ShouldBeTrue("the worker is busy");
        using var source = new CancellationTokenSource();
        using var results = Start(pool, kind, ordered, Enumerable.Range(0, 5), source.Token);
        var waiting = Task.Run(() => TakeAsync(results, taking), TestContext.Current.CancellationToken);
        await source.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => waiting.WaitAsync(Bounded.Time));
        await Should.ThrowAsync<OperationCanceledException>(() => TakeAsync(results, taking).WaitAsync(Bounded.Time), "asked again, it is still not complete");
        go.Set();
        other.Get(Bounded.Time).ShouldBe(1);
    }

    [Theory]
    [InlineData(Inputs.Lazy, true, Taking.Enumerator)]
    [InlineData(Inputs.Lazy, false, Taking.Enumerator)]
    [InlineData(Inputs.Lazy, true, Taking.Async)]
    [InlineData(Inputs.Async, true, Taking.Enumerator)]
    [InlineData(Inputs.Async, false, Taking.Next)]
    public async Task Token_FiresWhileNothingIsUnderWay_IsACancellation(Inputs kind, bool ordered, Taking taking)
    {
        // All inputs that were given in are done and taken, and the next one does not come. (A collection is read on the caller's own thread.)
        using var source = new CancellationTokenSource();
        using var asked = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        using var results = Start(fixture.Pool, kind, ordered, Slow(asked, go), source.Token);
        (await TakeAsync(results, taking).WaitAsync(Bounded.Time)).ShouldBe(0);
        var waiting = Task.Run(() => TakeAsync(results, taking), TestContext.Current.CancellationToken);
        asked.Wait(Bounded.Time, TestContext.Current.CancellationToken).ShouldBeTrue("the input is asked for more");
        await source.CancelAsync();
        go.Set();
        await Should.ThrowAsync<OperationCanceledException>(() => waiting.WaitAsync(Bounded.Time));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Token_FiresBeforeTheFirstResultIsTaken_IsACancellation(Inputs kind, bool ordered, Taking taking)
    {
        using var source = new CancellationTokenSource();
        using var results = Start(fixture.Pool, kind, ordered, Enumerable.Range(0, 5), source.Token);
        await source.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => TakeAsync(results, taking).WaitAsync(Bounded.Time));
    }

    [Fact]
    public void Token_FiresWhileTheWorkerIsBusyWithAnotherCall_IsACancellationOfEveryOtherCallToo()
    {
        using var pool = Mp.Pool(1);
        using var busy = Mp.Event();
        using var go = Mp.Event();
        var other = pool.ApplyAsync(Block, (busy, go));
        busy.Wait(Bounded.Time).ShouldBeTrue("the worker is busy");
        var calls = new Dictionary<string, Action<CancellationToken>>
        {
            ["Apply"] = token => pool.Apply(static x => x, 1, cancellation: token),
            ["ApplyAsync"] = token => pool.ApplyAsync(static x => x, 1, cancellation: token).Get(),
            ["Map"] = token => pool.Map(static x => x, Enumerable.Range(0, 5), cancellation: token),
            ["MapAsync"] = token => pool.MapAsync(static x => x, Enumerable.Range(0, 5), cancellation: token).Get(),
            ["MapAsync, awaited"] = token => pool.MapAsync(static x => x, Enumerable.Range(0, 5), cancellation: token).AsTask().GetAwaiter().GetResult(),
            ["StarMap"] = token => pool.StarMap(static (x, y) => x + y, [(1, 2), (3, 4)], cancellation: token),
            ["StarMapAsync"] = token => pool.StarMapAsync(static (x, y) => x + y, [(1, 2), (3, 4)], cancellation: token).Get(),
        };
        foreach (var (name, call) in calls)
        {
            using var source = new CancellationTokenSource();
            var running = Task.Run(() => call(source.Token), TestContext.Current.CancellationToken);
            source.Cancel();
            Should.Throw<OperationCanceledException>(() => running.WaitAsync(Bounded.Time).GetAwaiter().GetResult(), name);
        }

        go.Set();
        other.Get(Bounded.Time).ShouldBe(1);
    }

    [Fact]
    public void Job_RandomHistories_EndAsCompleteOnlyWhenTheyAre()
    {
        var random = new Random(20_268);
        for (int history = 0; history < 5000; history++)
        {
            using var source = new CancellationTokenSource();
            var job = new ImapJob<int, int>(1, takesToken: false, default, ordered: random.Next(2) == 0, default);

            // The scheduling may end the job while it is being cancelled: of a job of which nothing is under way it does.
            job.CancelWith(source.Token, () =>
            {
                if (random.Next(2) == 0)
                {
                    job.Finish(null);
                }
            });
            bool cancelled = false;
            bool finished = false;
            for (int step = 0; step < 12; step++)
            {
                switch (random.Next(6))
                {
                    case 0 when !finished:
                        job.AddInput(0);
                        break;
                    case 1 when !finished && job.Inputs > 0:
                        job.OnFailed(random.Next((int)job.Inputs), new FormatException());
                        break;
                    case 2 when random.Next(3) == 0:
                        cancelled |= !finished;
                        finished = true;
                        source.Cancel();
                        break;
                    case 3 when random.Next(3) == 0:
                        finished = true;
                        job.Finish(null);
                        break;
                    default:
                        bool? taken = job.TryTake(out _, out var failure);
                        if (cancelled)
                        {
                            taken.ShouldBe(true, $"history {history}: a cancelled job has neither ended as if complete nor anything to wait for");
                            failure.ShouldBeOfType<OperationCanceledException>($"history {history}");
                        }
                        else
                        {
                            failure.ShouldNotBeOfType<OperationCanceledException>($"history {history}");
                            (taken == false).ShouldBe(taken == false && finished, $"history {history}");
                        }

                        break;
                }
            }
        }
    }

    private static PoolResults<int> Start(ProcessPool pool, Inputs kind, bool ordered, IEnumerable<int> inputs, CancellationToken token) =>
        (kind, ordered) switch
    {
        (Inputs.Collection, true) => pool.Imap(static x => x, new Counted(inputs), cancellation: token),
        (Inputs.Collection, false) => pool.ImapUnordered(static x => x, new Counted(inputs), cancellation: token),
        (Inputs.Lazy, true) => pool.Imap(static x => x, inputs.Select(static x => x), cancellation: token),
        (Inputs.Lazy, false) => pool.ImapUnordered(static x => x, inputs.Select(static x => x), cancellation: token),
        (_, true) => pool.Imap(static x => x, Later(inputs), cancellation: token),
        (_, false) => pool.ImapUnordered(static x => x, Later(inputs), cancellation: token),
    };

    private static async Task<int> TakeAsync(PoolResults<int> results, Taking taking)
    {
        switch (taking)
        {
            case Taking.Next:
                return results.Next(Bounded.Time);
            case Taking.Enumerator:
                results.MoveNext().ShouldBeTrue("the results are complete, though the call was cancelled");
                return results.Current;
            default:
                return await results.NextAsync(Bounded.Time);
        }
    }

    private static int Block((SharedEvent Busy, SharedEvent Go) events)
    {
        events.Busy.Set();
        events.Go.Wait();
        return 1;
    }

    private static IEnumerable<int> Slow(ManualResetEventSlim asked, ManualResetEventSlim go)
    {
        yield return 0;
        asked.Set();
        go.Wait();
        yield return 1;
    }

    private static async IAsyncEnumerable<int> Later(IEnumerable<int> inputs, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await Task.Yield();
        foreach (int input in inputs)
        {
            cancellation.ThrowIfCancellationRequested();
            yield return input;
        }
    }

    /// <summary>Says how many it has, but gives them at the pace of its source.</summary>
    private sealed class Counted(IEnumerable<int> items) : IReadOnlyCollection<int>
    {
        public int Count => 5;

        public IEnumerator<int> GetEnumerator() => items.GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
