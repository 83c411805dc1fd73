namespace Multiproc.Tests.Pool;

/// <summary>Waiting for the end of a pool: with a token, and without a thread.</summary>
public sealed class PoolJoinTests
{
    [Fact]
    public async Task JoinAsync_EndsWhenTheWorkersHaveLeft()
    {
        await using var pool = Mp.Pool(1);
        await Should.ThrowAsync<InvalidOperationException>(async () => await pool.JoinAsync());
        using var go = Mp.Event();
        var work = pool.ApplyAsync(static go => go.Wait(), go);
        pool.Close();
        (await pool.JoinAsync(TimeSpan.Zero)).ShouldBeFalse();
        go.Set();
        (await pool.JoinAsync(Bounded.Time)).ShouldBeTrue("the worker leaves when its task is done");
        (await work).ShouldBeTrue();
    }

    [Fact]
    public async Task Join_Cancelled_GivesUpAndTheTasksGoOn()
    {
        using var pool = Mp.Pool(1);
        using var go = Mp.Event();
        var work = pool.ApplyAsync(static go => go.Wait(), go);
        pool.Close();
        using var stopping = new CancellationTokenSource();
        var sync = Task.Run(() => pool.Join(cancellation: stopping.Token));
        var async = pool.JoinAsync(cancellation: stopping.Token).AsTask();
        await stopping.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => sync.WaitAsync(Bounded.Time));
        await Should.ThrowAsync<OperationCanceledException>(() => async.WaitAsync(Bounded.Time));
        go.Set();
        (await work).ShouldBeTrue();
        pool.Join(Bounded.Time).ShouldBeTrue("the worker leaves");
    }

    [Fact]
    public async Task DisposeAsync_EndsTheWorkersWhateverTheyDo()
    {
        var pool = Mp.Pool(2);
        using var begun = Mp.Event();
        var work = pool.ApplyAsync(
            static begun =>
            {
                begun.Set();
                Thread.CurrentThread.Join();
                return 0;
            },
            begun);
        begun.Wait(Bounded.Time).ShouldBeTrue("the task runs");
        await pool.DisposeAsync();
        pool.Join(TimeSpan.Zero).ShouldBeTrue();
        await Should.ThrowAsync<Exception>(async () => await work);
    }

    [Fact]
    public async Task PoolOfAManager_JoinAsync_HeedsTimeAndToken()
    {
        using var manager = Mp.Manager();
        var pool = manager.Pool(1);
        using var go = Mp.Event();
        var work = pool.ApplyAsync(static go => go.Wait(), go);
        pool.Close();
        (await pool.JoinAsync(TimeSpan.Zero)).ShouldBeFalse();
        using var stopping = new CancellationTokenSource();
        var waiting = pool.JoinAsync(cancellation: stopping.Token).AsTask();
        await stopping.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => waiting.WaitAsync(Bounded.Time));
        go.Set();
        (await work).ShouldBeTrue();
        (await pool.JoinAsync(Bounded.Time)).ShouldBeTrue("the worker leaves");
        pool.Join().ShouldBeTrue();
    }

    [Fact]
    public async Task NextAsync_GivesResultAfterResult_ThenSaysThatThereAreNoMore()
    {
        using var pool = Mp.Pool(1);
        using var go = Mp.Event();
        using var results = pool.Imap(static wait => wait is null || wait.Wait(), [null, go]);
        (await results.NextAsync(Bounded.Time)).ShouldBeTrue();
        await Should.ThrowAsync<MultiprocTimeoutException>(async () => await results.NextAsync(TimeSpan.Zero));
        go.Set();
        (await results.NextAsync(Bounded.Time)).ShouldBeTrue();
        await Should.ThrowAsync<InvalidOperationException>(async () => await results.NextAsync(Bounded.Time));
    }
}
