using System.Runtime.CompilerServices;

namespace Multiproc.Tests.Pool;

/// <summary>Functions that give a sequence, item by item.</summary>
public sealed class StreamTests(PoolFixture fixture) : IClassFixture<PoolFixture>
{
    private readonly ProcessPool _pool = fixture.Pool;

    [Fact]
    public async Task Stream_Items_ComeInOrder()
    {
        (await All(_pool.Stream(Count, 200))).ShouldBe(Enumerable.Range(0, 200));
        (await All(_pool.Stream(Count, 0))).ShouldBeEmpty();
        (await All(_pool.Stream(static (count, token) => CountWith(count, token), 5, buffer: 1))).ShouldBe(Enumerable.Range(0, 5));
    }

    [Fact]
    public async Task Stream_EnumeratedTwice_RunsTwice()
    {
        var items = _pool.Stream(Count, 3);
        (await All(items)).ShouldBe([0, 1, 2]);
        (await All(items)).ShouldBe([0, 1, 2]);
    }

    [Fact]
    public async Task Stream_ItemComes_BeforeTheNextIsMade()
    {
        using var go = Mp.Event();
        await using var items = Gated(_pool, go).GetAsyncEnumerator();
        items.MoveNextAsync().AsTask().Within("the first item").ShouldBeTrue();
        items.Current.ShouldBe(1);
        go.Set();
        items.MoveNextAsync().AsTask().Within("the second item").ShouldBeTrue();
        items.Current.ShouldBe(2);
        items.MoveNextAsync().AsTask().Within("the end").ShouldBeFalse();
    }

    [Fact]
    public async Task Stream_SlowReader_FunctionWaits()
    {
        using var made = Mp.Value(0);
        await using var items = Endless(_pool, made).GetAsyncEnumerator();
        for (int i = 1; i <= 20; i++)
        {
            items.MoveNextAsync().AsTask().Within("an item").ShouldBeTrue();
            items.Current.ShouldBe(i);

            // Taken, in the buffer, and on its way into the buffer.
            made.Value.ShouldBeLessThanOrEqualTo(i + 4 + 1);
        }
    }

    [Fact]
    public async Task Stream_FunctionFails_ItsItemsComeFirst()
    {
        var seen = new List<int>();
        await Should.ThrowAsync<FormatException>(async () =>
        {
            await foreach (int item in _pool.Stream(Failing, 7))
            {
                seen.Add(item);
            }
        });
        seen.ShouldBe([0, 1, 2]);
    }

    [Fact]
    public async Task Stream_WorkerDies_IsToldAfterItsItems()
    {
        var seen = new List<int>();
        await Should.ThrowAsync<WorkerDiedException>(async () =>
        {
            await foreach (int item in _pool.Stream(Dying, 7))
            {
                seen.Add(item);
            }
        });
        seen.Count.ShouldBeInRange(0, 3);
        seen.ShouldBe(Enumerable.Range(0, seen.Count));
    }

    [Fact]
    public async Task Stream_LeftEarly_FunctionIsCancelled()
    {
        using var ended = Mp.Event();
        await foreach (int item in UntilCancelled(_pool, ended))
        {
            item.ShouldBe(0);
            break;
        }

        ended.Wait(Bounded.Time).ShouldBeTrue("the function has seen its token");
        _pool.ApplyAsync(static x => x + 1, 1).Within("the pool goes on").ShouldBe(2);
    }

    [Fact]
    public async Task Stream_TokenFires_Ends()
    {
        using var ended = Mp.Event();
        using var source = new CancellationTokenSource();
        await Should.ThrowAsync<OperationCanceledException>(async () =>
        {
            await foreach (int item in UntilCancelled(_pool, ended).WithCancellation(source.Token))
            {
                await source.CancelAsync();
            }
        });
        ended.Wait(Bounded.Time).ShouldBeTrue("the function has seen its token");
    }

    [Fact]
    public void Stream_WrongArguments_AreRefusedAtTheCall()
    {
        Should.Throw<ArgumentNullException>(() => _pool.Stream((Func<int, IAsyncEnumerable<int>>)null!, 1));
        Should.Throw<ArgumentOutOfRangeException>(() => _pool.Stream(Count, 1, buffer: 0));
    }

    private static async Task<List<int>> All(IAsyncEnumerable<int> items)
    {
        var all = new List<int>();
        await foreach (int item in items)
        {
            all.Add(item);
        }

        return all;
    }

    private static IAsyncEnumerable<int> Gated(ProcessPool pool, SharedEvent go) => pool.Stream((_, token) => Gate(go, token), 0);

    private static async IAsyncEnumerable<int> Gate(SharedEvent go, [EnumeratorCancellation] CancellationToken token)
    {
        yield return 1;
        await go.WaitAsync(Bounded.Time, token);
        yield return 2;
    }

    private static IAsyncEnumerable<int> Endless(ProcessPool pool, SharedValue<int> made) => pool.Stream(_ => Make(made), 0, buffer: 4);

    private static async IAsyncEnumerable<int> Make(SharedValue<int> made)
    {
        while (true)
        {
            await Task.Yield();
            yield return made.Add(1);
        }
    }

    private static IAsyncEnumerable<int> UntilCancelled(ProcessPool pool, SharedEvent ended) => pool.Stream((_, token) => Wait(ended, token), 0);

    private static async IAsyncEnumerable<int> Wait(SharedEvent ended, [EnumeratorCancellation] CancellationToken token)
    {
        yield return 0;
        try
        {
            await Task.Delay(Timeout.Infinite, token);
        }
        finally
        {
            ended.Set();
        }
    }

    private static async IAsyncEnumerable<int> Failing(int count)
    {
        for (int i = 0; i < 3; i++)
        {
            await Task.Yield();
            yield return i;
        }

        throw new FormatException($"after 3 of {count}");
    }

    private static async IAsyncEnumerable<int> Dying(int count)
    {
        for (int i = 0; i < 3; i++)
        {
            await Task.Yield();
            yield return i;
        }

        Environment.FailFast($"on purpose, after 3 of {count}");
    }

    private static IAsyncEnumerable<int> Count(int count) => CountWith(count, CancellationToken.None);

    private static async IAsyncEnumerable<int> CountWith(int count, [EnumeratorCancellation] CancellationToken token)
    {
        for (int i = 0; i < count; i++)
        {
            await Task.Yield();
            token.ThrowIfCancellationRequested();
            yield return i;
        }
    }
}
