namespace Multiproc.Tests.Pool;

/// <summary>Real processes. Numbers in comments are those of the conformance list.</summary>
public sealed class TaskFailureTests(PoolFixture fixture) : IClassFixture<PoolFixture>
{
    private readonly ProcessPool _pool = fixture.Pool;

    [Fact]
    public void Exception_OfATask_ArrivesWithTypeMessageDataAndRemoteStack()
    {
        // PL-20
        var failure = _pool.MapFailure(Deep, [12]).ShouldBeOfType<OrderException>();
        failure.Message.ShouldBe("order 12 is not ours");
        failure.Order.ShouldBe(12);
        failure.InnerException.ShouldBeOfType<FormatException>().Message.ShouldBe("the cause");
        failure.ToString().ShouldContain(nameof(Deep));
        failure.ToString().ShouldContain("TaskFailureTests.cs:line");
    }

    [Fact]
    public async Task Exception_OfMapAsync_ArrivesWithItsType()
    {
        var failure = await Should.ThrowAsync<OrderException>(_pool.MapAsync(Deep, [5]).WaitAsync(Bounded.Time, TestContext.Current.CancellationToken));
        failure.Order.ShouldBe(5);
    }

    [Fact]
    public void Map_TaskFails_ThrowsAfterAllOthersAreDone()
    {
        // PL-23, PL-24
        using var ran = Mp.Array<int>(40);
        var failure = _pool.MapFailure(
            x =>
            {
                ran[x]++;
                return x is 3 or 30 ? throw new FormatException($"{x}: {new string('x', 1 << 20)}") : x;
            },
            Enumerable.Range(0, 40), chunkSize: 4).ShouldBeOfType<FormatException>();
        failure.Message.Length.ShouldBeGreaterThan(1 << 20);
        ran.Span.ToArray().ShouldBe(Enumerable.Repeat(1, 40));
        _pool.MapWithin(static x => x, [1]).ShouldBe([1]);
    }

    [Fact]
    public void Exception_ThatCannotBeSent_ArrivesAsText()
    {
        var failure = _pool.MapFailure(static int (int x) => throw new HandleException("held"), [1]).ShouldBeOfType<RemoteException>();
        failure.RemoteType.ShouldBe(typeof(HandleException).FullName);
        failure.RemoteMessage.ShouldBe("held");
        failure.RemoteStackTrace.ShouldContain(nameof(Exception_ThatCannotBeSent_ArrivesAsText));
    }

    [Fact]
    public void Function_ThatCannotBeSent_FailsTheCallAndNamesThePath()
    {
        // PL-08
        using var log = new HandleOwner();
        string message = _pool.MapFailure(x => x + log.Wait.GetHashCode(), [1]).ShouldBeOfType<SerializationException>().Message;
        message.ShouldStartWith("cannot send ");
        message.ShouldContain("field 'log'");
        Should.Throw<SerializationException>(() => _pool.ImapUnordered(x => x + log.Wait.GetHashCode(), [1])).Message.ShouldBe(message);
    }

    [Fact]
    public void Argument_ThatCannotBeSent_FailsItsTaskAndNamesThePath()
    {
        // PL-08
        using var owner = new HandleOwner();
        using var ran = Mp.Value(0);
        object[] inputs = [1, (2, new Box("of a wait handle", owner.Wait)), 3];
        string message = _pool.MapFailure(_ => ran.Increment(), inputs).ShouldBeOfType<SerializationException>().Message;
        message.ShouldContain("cannot send");
        message.ShouldContain("Content");
        message.ShouldContain("ManualResetEvent");
        ran.Value.ShouldBe(2);
    }

    [Fact]
    public void Result_ThatCannotBeSent_FailsItsTaskOnlyAndWorkersSurvive()
    {
        // PL-27, 20 in a row
        var before = Bounded.Run("the pids", () => _pool.WorkerPids.Order().ToList());
        using var results = _pool.ImapUnordered(
            static x => x < 20 ? (object)new Box("result", new ManualResetEvent(initialState: false)) : x, Enumerable.Range(0, 22));
        int failed = 0;
        var values = new List<object>();
        for (int i = 0; i < 22; i++)
        {
            try
            {
                values.Add(results.Next(Bounded.Time));
            }
            catch (SerializationException failure)
            {
                failure.Message.ShouldContain("Content");
                failed++;
            }
        }

        failed.ShouldBe(20);
        values.Order().ShouldBe([20, 21]);
        _pool.WorkerPids.Order().ShouldBe(before);
    }

    [Fact]
    public void Input_ThatThrowsWhenItIsRead_FailsItsTaskOnly()
    {
        using var ran = Mp.Value(0);
        Exception[] inputs = [new FormatException(), new UnreadableException(), new FormatException()];
        string message = _pool.MapFailure(_ => ran.Increment(), inputs).ShouldBeOfType<SerializationException>().Message;
        message.ShouldContain("this trace belongs to a test");
        ran.Value.ShouldBe(2);
        _pool.MapWithin(static x => x, [4]).ShouldBe([4]);
    }

    private static int Deep(int order) => throw new OrderException($"order {order} is not ours", order, new FormatException("the cause"));

    private sealed class OrderException(string message, int order, Exception cause) : Exception(message, cause)
    {
        public int Order { get; } = order;
    }

    private sealed class HandleException(string message) : Exception(message)
    {
        public ManualResetEvent Handle { get; } = new(initialState: false);
    }

    private sealed record Box(string Label, WaitHandle Content);

    private sealed class HandleOwner : IDisposable
    {
        public ManualResetEvent Wait { get; } = new(initialState: false);

        public void Dispose() => Wait.Dispose();
    }

    private sealed class UnreadableException : Exception
    {
        public override string StackTrace => throw new NotSupportedException("this trace belongs to a test");
    }
}
