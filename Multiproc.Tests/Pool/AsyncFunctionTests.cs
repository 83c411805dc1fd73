namespace Multiproc.Tests.Pool;

/// <summary>Asynchronous functions in pools: what .NET users write first.</summary>
public sealed class AsyncFunctionTests(PoolFixture fixture) : IClassFixture<PoolFixture>
{
    private readonly ProcessPool _pool = fixture.Pool;

    [Fact]
    public void Map_AsyncLambda_GivesWhatItsTasksGive() =>
        Bounded.Run("Map", () => Pool.Map(static async x => await Later(x * x), Enumerable.Range(0, 40)))
            .ShouldBe(Enumerable.Range(0, 40).Select(static x => x * x));

    [Fact]
    public async Task MapAsync_MethodGroups_OfTaskAndValueTask()
    {
        (await _pool.MapAsync(Later, [1, 2, 3])).ShouldBe([1, 2, 3]);
        (await _pool.MapAsync(Soon, [1, 2, 3])).ShouldBe([-1, -2, -3]);
        (await _pool.MapAsync(LaterWithToken, [1, 2, 3])).ShouldBe([2, 3, 4]);
        (await _pool.MapAsync(SoonWithToken, [1, 2, 3])).ShouldBe([3, 4, 5]);
    }

    [Fact]
    public async Task Apply_EachNumberOfArguments()
    {
        (await _pool.ApplyAsync(static async () => await Later(1))).ShouldBe(1);
        (await _pool.ApplyAsync(static async a => await Later(a), 1)).ShouldBe(1);
        (await _pool.ApplyAsync(static async (a, b) => await Later(a + b), 1, 2)).ShouldBe(3);
        (await _pool.ApplyAsync(static async (a, b, c) => await Later(a + b + c), 1, 2, 3)).ShouldBe(6);
        (await _pool.ApplyAsync(static async (a, b, c, d) => await Later(a + b + c + d), 1, 2, 3, 4)).ShouldBe(10);
        (await _pool.ApplyAsync(static async (CancellationToken token) => await LaterWithToken(1, token))).ShouldBe(2);
        (await _pool.ApplyAsync(static async (int a, CancellationToken token) => await LaterWithToken(a, token), 1)).ShouldBe(2);
        Bounded.Run("Apply", () => Pool.Apply(static async a => await Later(a), 7)).ShouldBe(7);
    }

    [Fact]
    public async Task Apply_WithoutAResult_ReturnsWhenTheTaskHasEnded()
    {
        using var value = Mp.Value(0);
        Bounded.Run("Apply", () => ApplyTo(Pool, value));
        value.Value.ShouldBe(1);
        object? nothing = await AddLater(_pool, value);
        nothing.ShouldBeNull();
        value.Value.ShouldBe(2);
        Bounded.Run("Map", () => MapTo(Pool, value));
        value.Value.ShouldBe(5);
    }

    [Fact]
    public void StarMapAndImap_AsyncLambdas()
    {
        Bounded.Run("StarMap", () => Pool.StarMap(static async (a, b) => await Later(a * b), [(2, 3), (4, 5)])).ShouldBe([6, 20]);
        Bounded.Run("StarMap", () => Pool.StarMap(static async (a, b, c) => await Later(a * b * c), [(2, 3, 4)])).ShouldBe([24]);
        Bounded.Run("StarMap", () => Pool.StarMap(static async (a, b, c, d) => await Later(a * b * c * d), [(2, 3, 4, 5)])).ShouldBe([120]);
        Bounded.Run("Imap", () => Pool.Imap(static async x => await Later(x + 1), Enumerable.Range(0, 20)).ToList()).ShouldBe(Enumerable.Range(1, 20));
        Bounded.Run("ImapUnordered", () => Pool.ImapUnordered(static async x => await Later(x + 1), Enumerable.Range(0, 20)).ToList())
            .Order().ShouldBe(Enumerable.Range(1, 20));
        Bounded.Run("Imap", () => Pool.Imap(Soon, Enumerable.Range(0, 5)).ToList()).ShouldBe([0, -1, -2, -3, -4]);
        Bounded.Run("Imap", () => Pool.Imap(static async x => await Later(x), Numbers()).ToList()).ShouldBe([0, 1, 2]);
    }

    [Fact]
    public void Apply_TaskThatFails_ThrowsItsException()
    {
        Bounded.Throws<FormatException>("Apply", () => Pool.Apply(static async () =>
        {
            await Task.Yield();
            throw new FormatException("late");
        })).Message.ShouldBe("late");
        Bounded.Throws<FormatException>("Map", () => Pool.Map(static async x => await Fail(x), [1, 2]));
        Bounded.Throws<InvalidOperationException>("Apply", () => Pool.Apply(static () => NoTask())).Message.ShouldContain("null in place of a Task");
    }

    [Fact]
    public void ApplyAsync_Cancelled_CancelsTheTokenOfTheTask()
    {
        using var begun = Mp.Event();
        using var seen = Mp.Event();
        using var source = new CancellationTokenSource();
        var running = Wait(_pool, begun, seen, source.Token);
        begun.Wait(Bounded.Time).ShouldBeTrue("the task runs");
        source.Cancel();
        Should.Throw<OperationCanceledException>(() => running.Get(Bounded.Time));
        seen.Wait(Bounded.Time).ShouldBeTrue("the task has seen its token");
    }

    [Fact]
    public void Pool_AsyncInitializer_IsWaitedFor()
    {
        using var value = Mp.Value(0);
        using var pool = Initialized(value);
        Bounded.Run("Apply", () => ValueIn(pool, value)).ShouldBe(1);
    }

    [Fact]
    public void Pool_Manager_AsyncLambda()
    {
        using var manager = Mp.Manager();
        using var pool = manager.Pool(1);
        Bounded.Run("Map", () => MapIn(pool)).ShouldBe([1, 4, 9]);
        Bounded.Run("Apply", () => ApplyIn(pool)).ShouldBe(5);
        Bounded.Run("Imap", () => ImapIn(pool)).ShouldBe([2, 3, 4]);
    }

    // A property, so that no lambda of a test captures the test.
    private ProcessPool Pool => _pool;

    private static ProcessPool Initialized(SharedValue<int> value) => Mp.Pool(1, initializer: async () =>
    {
        await Task.Yield();
        value.Add(1);
    });

    private static int ValueIn(ProcessPool pool, SharedValue<int> value) => pool.Apply(() => value.Value);

    private static int[] MapIn(PoolProxy pool) => pool.Map(static async x => await Later(x * x), [1, 2, 3]);

    private static List<int> ImapIn(PoolProxy pool) => pool.Imap(static async x => await Later(x + 1), [1, 2, 3]).ToList();

    private static int ApplyIn(PoolProxy pool) => pool.Apply(static async (a, b) => await Later(a + b), 2, 3);

    private static void ApplyTo(ProcessPool pool, SharedValue<int> value) => pool.Apply(async () =>
    {
        await Task.Yield();
        value.Add(1);
    });

    private static AsyncResult<object?> AddLater(ProcessPool pool, SharedValue<int> value) => pool.ApplyAsync(async () =>
    {
        await Task.Yield();
        value.Add(1);
    });

    private static void MapTo(ProcessPool pool, SharedValue<int> value) => pool.Map(
        async x =>
        {
            await Task.Yield();
            value.Add(x);
        },
        [1, 2]);

    private static AsyncResult<int> Wait(ProcessPool pool, SharedEvent begun, SharedEvent seen, CancellationToken cancellation) => pool.ApplyAsync(
        async token =>
        {
            begun.Set();
            try
            {
                await Task.Delay(Timeout.Infinite, token);
            }
            finally
            {
                seen.Set();
            }

            return 1;
        },
        cancellation: cancellation);

    private static async Task<int> Fail(int x)
    {
        await Task.Yield();
        throw new FormatException($"{x}");
    }

#pragma warning disable MA0022 // What a careless function gives.
    private static Task<int> NoTask() => null!;
#pragma warning restore MA0022

    private static async Task<int> Later(int x)
    {
        await Task.Yield();
        return x;
    }

    private static async ValueTask<int> Soon(int x)
    {
        await Task.Yield();
        return -x;
    }

    private static async Task<int> LaterWithToken(int x, CancellationToken token)
    {
        await Task.Delay(1, token);
        return x + 1;
    }

    private static async ValueTask<int> SoonWithToken(int x, CancellationToken token)
    {
        await Task.Delay(1, token);
        return x + 2;
    }

    private static async IAsyncEnumerable<int> Numbers()
    {
        for (int i = 0; i < 3; i++)
        {
            await Task.Yield();
            yield return i;
        }
    }
}
