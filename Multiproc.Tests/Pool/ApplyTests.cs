namespace Multiproc.Tests.Pool;

/// <summary>Real processes. Numbers in comments are those of the conformance list.</summary>
public sealed class ApplyTests(PoolFixture fixture) : IClassFixture<PoolFixture>
{
    private readonly ProcessPool _pool = fixture.Pool;

    [Fact]
    public void Apply_AnyNumberOfArguments_GivesWhatTheFunctionGives()
    {
        // PL-01
        _pool.Apply(static () => Environment.ProcessId).ShouldBeOneOf([.. _pool.WorkerPids]);
        _pool.Apply(Square, 12).ShouldBe(144);
        _pool.Apply(static (a, b) => $"{a}{b}", "x", 2).ShouldBe("x2");
        _pool.Apply(static (a, b, c) => a + b + c, 1, 2L, 3.5).ShouldBe(6.5);
        _pool.Apply(static (a, b, c, d) => string.Concat(a, b, c, d), "p", "o", "o", "l").ShouldBe("pool");
    }

    [Fact]
    public async Task ApplyAsync_AnyNumberOfArguments_GivesTheSame()
    {
        // PL-12
        (await _pool.ApplyAsync(static () => 7)).ShouldBe(7);
        (await _pool.ApplyAsync(Square, 5)).ShouldBe(25);
        (await _pool.ApplyAsync(static (a, b) => a - b, 5, 3)).ShouldBe(2);
        _pool.ApplyAsync(static (a, b, c) => a - b - c, 9, 3, 2).Get(Bounded.Time).ShouldBe(4);
        _pool.ApplyAsync(static (a, b, c, d) => a - b - c - d, 9, 3, 2, 1).Get(Bounded.Time).ShouldBe(3);
    }

    [Fact]
    public void Apply_OfAnAction_RunsIt()
    {
        using var count = Mp.Value(0);
        Bounded.Run("an action", () => Act(_pool, count));
        count.Value.ShouldBe(2);
    }

    [Fact]
    public void ApplyAsync_ManyAtOnce_AllCome()
    {
        var all = Enumerable.Range(0, 2000).Select(x => _pool.ApplyAsync(Square, x)).ToList();
        all.Select(static each => each.Get(Bounded.Time)).ShouldBe(Enumerable.Range(0, 2000).Select(Square));
    }

    [Fact]
    public void Apply_FunctionThatCannotBeSent_FailsTheCall()
    {
        // PL-08
        using var log = new ManualResetEvent(initialState: false);
        var failure = Bounded.Throws<SerializationException>("Apply", () => ApplyWith(_pool, log));
        failure.Message.ShouldContain("field 'log'");
        _pool.Apply(Square, 3).ShouldBe(9);
    }

    [Fact]
    public void Apply_ArgumentThatCannotBeSent_FailsTheCall()
    {
        using var log = new ManualResetEvent(initialState: false);
        Bounded.Throws<SerializationException>("Apply", () => ApplyTo(_pool, log)).Message.ShouldContain("ManualResetEvent");
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void StarMap_Tuples_AreUnpackedInOrder(int arguments)
    {
        // PL-03
        var numbers = Enumerable.Range(0, 100).ToList();
        int[] results = Bounded.Run("StarMap", () => arguments switch
        {
            2 => fixture.Pool.StarMap(static (a, b) => a - b, numbers.Select(static x => (x * 3, x))),
            3 => fixture.Pool.StarMap(static (a, b, c) => a - b - c, numbers.Select(static x => (x * 3, x / 2, x - (x / 2))), chunkSize: 7),
            _ => fixture.Pool.StarMapAsync(static (a, b, c, d) => a - b - c - d, numbers.Select(static x => (x * 4, x, x / 2, x - (x / 2)))).Get(),
        });
        results.ShouldBe(numbers.Select(static x => x * 2));
    }

    [Fact]
    public async Task StarMapAsync_Callback_GetsTheResults()
    {
        int[] seen = [];
        int[] results = await _pool.StarMapAsync(static (a, b) => a * b, [(1, 2), (3, 4)], callback: all => seen = all);
        seen.ShouldBe([2, 12]);
        results.ShouldBe([2, 12]);
    }

    [Fact]
    public void Pool_InAClosure_CannotBeSent()
    {
        // PL-41
        var failure = Bounded.Throws<SerializationException>("Apply", () => UseInside(_pool));
        failure.Message.ShouldContain("a ProcessPool cannot be sent");
        failure.Message.ShouldContain("field 'pool'");
        using var queue = Mp.Queue<object>();
        Should.Throw<SerializationException>(() => queue.Put(_pool)).Message.ShouldContain("a ProcessPool cannot be sent");
    }

    private static int Square(int x) => x * x;

    private static void Act(ProcessPool pool, SharedValue<int> count)
    {
        Action action = () => count.Increment();
        pool.Apply(action);
        pool.ApplyAsync(action).Get().ShouldBeNull();
    }

    private static int ApplyWith(ProcessPool pool, WaitHandle log) => pool.Apply(() => log.GetHashCode());

    private static int ApplyTo(ProcessPool pool, WaitHandle log) => pool.Apply(static handle => handle.GetHashCode(), log);

    private static string UseInside(ProcessPool pool) => pool.Apply(() => pool.ToString());
}
