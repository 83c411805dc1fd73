namespace Multiproc.Tests.Managers;

/// <summary>The beginning and the end of a manager for those who wait without a thread.</summary>
public sealed class ManagerAsyncTests
{
    private static readonly byte[] s_key = [.. Enumerable.Range(1, 40).Select(static i => (byte)i)];

    [Fact]
    public async Task Server_StartedAndShutDownAsync_ServesBetween()
    {
        var manager = new BaseManagerTests.CountingManager();
        await manager.StartAsync(cancellation: TestContext.Current.CancellationToken);
        await Should.ThrowAsync<MultiprocException>(async () => await manager.StartAsync());
        ((int)manager.Create("Counter").Next()).ShouldBe(1);
        (await manager.JoinAsync(TimeSpan.Zero)).ShouldBeFalse();
        await manager.ShutdownAsync();
        (await manager.JoinAsync(ManagerFixture.Bound)).ShouldBeTrue("the server has ended");
        await manager.ShutdownAsync();
        await manager.DisposeAsync();
        Should.Throw<ObjectDisposedException>(() => manager.Create("Counter"));
    }

    [Fact]
    public async Task StartAsync_Cancelled_EndsTheProcessAndCanBeDoneAgain()
    {
        await using var manager = new BaseManagerTests.CountingManager();
        using var stopping = new CancellationTokenSource();
        using var begun = Mp.Event();
        using var never = Mp.Event();
        var starting = manager.StartAsync(
            () =>
            {
                begun.Set();
                never.Wait();
            },
            stopping.Token).AsTask();
        begun.Wait(ManagerFixture.Bound).ShouldBeTrue("the initializer runs");
        await stopping.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => starting.WaitAsync(ManagerFixture.Bound));
        await manager.StartAsync();
        ((int)manager.Create("Counter").Next()).ShouldBe(1);
    }

    [Fact]
    public async Task StartAsync_InitializerFails_FailsWithThat()
    {
        await using var manager = new BaseManagerTests.CountingManager();
        await Should.ThrowAsync<ProcessStartException>(async () => await manager.StartAsync(static () => throw new FormatException("not today")));
    }

    [Fact]
    public async Task ConnectAsync_ReachesTheServer_OrSaysWhyNot()
    {
        await using var server = new BaseManagerTests.CountingManager(null, s_key);
        await server.StartAsync();
        await using var client = new BaseManagerTests.CountingManager(server.Address, s_key);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(async () => await client.ConnectAsync(cancelled.Token));
        await client.ConnectAsync();
        ((int)client.Create("Counter").Next()).ShouldBe(1);
        await using var stranger = new BaseManagerTests.CountingManager(server.Address, [1, 2, 3]);
        await Should.ThrowAsync<AuthenticationException>(async () => await stranger.ConnectAsync());
        await Should.ThrowAsync<InvalidOperationException>(async () => await new BaseManagerTests.CountingManager().ConnectAsync());
    }

    [Fact]
    public void Join_Cancelled_GivesUpAndTheServerGoesOn()
    {
        using var manager = new BaseManagerTests.CountingManager();
        manager.Start();
        using var stopping = new CancellationTokenSource();
        var waiting = Task.Run(() => manager.Join(cancellation: stopping.Token));
        stopping.Cancel();
        Should.Throw<OperationCanceledException>(() => waiting.WaitAsync(ManagerFixture.Bound).GetAwaiter().GetResult());
        ((int)manager.Create("Counter").Next()).ShouldBe(1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ServeForeverAsync_EndsByAClientOrByItsToken(bool byClient)
    {
        using var told = Mp.Queue<string>();
        using var stop = Mp.Event();
        string path = Path.Combine(Path.GetTempPath(), $"multiproc-{Guid.NewGuid():N}.sock");
        using var process = Mp.Process(ServeAsync, path, told, stop);
        process.Start();
        told.Get(ManagerFixture.Bound).ShouldBe("serving");
        using var client = new BaseManagerTests.CountingManager(ManagerAddress.Local(path), s_key);
        client.Connect();
        ((int)client.Create("Counter").Next()).ShouldBe(1);
        if (byClient)
        {
            client.Shutdown();
        }
        else
        {
            stop.Set();
        }

        process.Join(ManagerFixture.Bound).ShouldBeTrue("the server ends");
        process.ExitCode.ShouldBe(0);
    }

    private static async Task ServeAsync(string path, SharedQueue<string> told, SharedEvent stop)
    {
        var service = new BaseManagerTests.CountingManager(ManagerAddress.Local(path), s_key).GetServer();
        using var stopping = new CancellationTokenSource();
        var serving = service.ServeForeverAsync(stopping.Token).AsTask();
        told.Put("serving");
        await Task.WhenAny(serving, stop.WaitAsync().AsTask());
        await stopping.CancelAsync();
        await serving;
    }
}
