using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Multiproc.TestKit;
using Multiproc.Tests.Processes;

namespace Multiproc.Tests.Hosting;

/// <summary>Pools and managers start with their host and end with it: tasks are awaited, then cancelled, then ended.</summary>
[Collection(nameof(GlobalSettings))]
public sealed class HostLifetimeTests
{
    private static readonly TimeSpan s_soon = TimeSpan.FromMilliseconds(200);

    [Fact]
    public async Task Pool_OfAHost_IsAKeyedServiceThatStartsWithIt()
    {
        await using var host = new HostUnderTest(static services =>
            services.AddMultiproc().AddPool("a", static pool => pool.Processes = 1).AddPool("b", static pool => pool.Processes = 2));
        await host.StartedAsync();
        host.Pool("a").ShouldNotBeSameAs(host.Pool("b"));
        host.Pool("b").Size.ShouldBe(2);
        (await host.Pool("a").ApplyAsync(static x => x * x, 7)).ShouldBe(49);
        await host.StopAsync();
        Should.Throw<InvalidOperationException>(() => host.Pool("a").Apply(static x => x, 1));
        host.Pool("a").WorkerPids.ShouldBeEmpty();
    }

    [Fact]
    public async Task Pool_InAConstructorOfAHostedService_IsThatOfTheHost()
    {
        await using var host = new HostUnderTest(static services =>
        {
            services.AddMultiproc().AddPool("a", static pool => pool.Processes = 1);
            services.AddSingleton<Client>().AddHostedService(static provider => provider.GetRequiredService<Client>());
        });
        await host.StartedAsync();
        host.Services.GetRequiredService<Client>().Pool.ShouldBeSameAs(host.Pool("a"));
        await host.StopAsync();

        // The service used the pool when it was stopped itself: the pool outlives those that need it.
        host.Services.GetRequiredService<Client>().LastAnswer.ShouldBe(81);
    }

    [Fact]
    public async Task Stop_WhileATaskRuns_WaitsForIt()
    {
        await using var host = await new HostUnderTest(static services =>
            services.AddMultiproc().AddPool("a", static pool => pool.Processes = 1)).StartedAsync();
        using var begun = Mp.Event();
        using var gate = Mp.Event();
        var task = host.Pool("a").ApplyAsync(static (begun, gate) => Pass(begun, gate), begun, gate);
        begun.Wait(HostUnderTest.Bound).ShouldBeTrue();
        var stop = host.StopAsync();
        Await.Until("the pool takes no more calls", () => host.Pool("a").IsClosed);
        stop.IsCompleted.ShouldBeFalse();
        gate.Set();
        (await task).ShouldBe(42);
        await stop;
    }

    [Fact]
    public async Task Stop_LongerThanItsTime_FiresTheTokenOfTheTask()
    {
        await using var host = await new HostUnderTest(static services => services.AddMultiproc(static options => options.DrainTimeout = s_soon)
            .AddPool("a", static pool => (pool.Processes, pool.Pool) = (1, new PoolOptions { StopGrace = TimeSpan.FromSeconds(30) }))).StartedAsync();
        using var begun = Mp.Event();
        using var told = Mp.Event();
        var task = host.Pool("a").ApplyAsync(static (events, token) => AwaitToken(events.Item1, events.Item2, token), (begun, told));
        begun.Wait(HostUnderTest.Bound).ShouldBeTrue();
        await host.StopAsync();
        told.IsSet.ShouldBeTrue("the task saw its token and ended by itself");
        (await Should.ThrowAsync<OperationCanceledException>(() => task))
            .Message.ShouldContain("The pool 'a' ended with its host before this call was done: it had 0.2 s.");
    }

    [Fact]
    public async Task Stop_OfATaskThatHeedsNothing_KillsItsWorker()
    {
        await using var host = await new HostUnderTest(static services => services.AddMultiproc(static options => options.DrainTimeout = TimeSpan.Zero)
            .AddPool("a", static pool => (pool.Processes, pool.Pool) = (1, new PoolOptions { StopGrace = s_soon }))).StartedAsync();
        using var begun = Mp.Event();
        var task = host.Pool("a").ApplyAsync(static begun => WaitForEver(begun), begun);
        begun.Wait(HostUnderTest.Bound).ShouldBeTrue();
        var pids = host.Pool("a").WorkerPids;
        pids.Count.ShouldBe(1);
        await host.StopAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => task);
        Directory.Exists($"/proc/{pids[0]}").ShouldBeFalse();
    }

    [Fact]
    public async Task Stop_WhenTheHostDoesNotWaitAnyLonger_CancelsAtOnce()
    {
        await using var host = await new HostUnderTest(static services => services
            .AddMultiproc(static options => options.DrainTimeout = Timeout.InfiniteTimeSpan).AddPool(
                "a", static pool => (pool.Processes, pool.Pool) = (1, new PoolOptions { StopGrace = s_soon }))).StartedAsync();
        using var begun = Mp.Event();
        var task = host.Pool("a").ApplyAsync(static begun => WaitForEver(begun), begun);
        begun.Wait(HostUnderTest.Bound).ShouldBeTrue();
        using var hurry = new CancellationTokenSource();
        var stop = host.StopAsync(hurry.Token);
        Await.Until("the pool takes no more calls", () => host.Pool("a").IsClosed);
        await hurry.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => task);
        await stop.ContinueWith(static _ => { }, TaskScheduler.Default); // A host may tell that its time is over.
        Await.Until("the workers are gone", () => host.Pool("a").WorkerPids.Count == 0);
    }

    [Fact]
    public async Task Stop_WhileAnotherServiceWaitsForATask_EndsThatWait()
    {
        await using var host = new HostUnderTest(static services =>
        {
            services.AddMultiproc(static options => options.DrainTimeout = s_soon)
                .AddPool("a", static pool => (pool.Processes, pool.Pool) = (1, new PoolOptions { StopGrace = s_soon }));
            services.AddSingleton<Stuck>().AddHostedService(static provider => provider.GetRequiredService<Stuck>());
        });
        await host.StartedAsync();
        await host.StopAsync();
        host.Services.GetRequiredService<Stuck>().Failure.ShouldBeAssignableTo<OperationCanceledException>();
    }

    [Fact]
    public async Task Manager_OfAHost_IsThereForTheLastTask_AndEndsAfterIt()
    {
        await using var host = await new HostUnderTest(static services =>
            services.AddMultiproc().AddPool("a", static pool => pool.Processes = 1).AddManager("m")).StartedAsync();
        var manager = host.Services.GetRequiredKeyedService<SyncManager>("m");
        var counts = manager.Dictionary<string, long>();
        using var begun = Mp.Event();
        using var gate = Mp.Event();
        var task = host.Pool("a").ApplyAsync(static (begun, gate, counts) => CountAfter(begun, gate, counts), begun, gate, counts);
        begun.Wait(HostUnderTest.Bound).ShouldBeTrue();
        int pid = manager.Pid;
        var stop = host.StopAsync();
        Await.Until("the pool takes no more calls", () => host.Pool("a").IsClosed);
        counts["seen"] = 1;
        gate.Set();
        (await task).ShouldBe(2);
        await stop;
        Directory.Exists($"/proc/{pid}").ShouldBeFalse();
    }

    [Fact]
    public async Task Host_DisposedWithoutAStop_LeavesNoWorker()
    {
        var host = await new HostUnderTest(static services =>
            services.AddMultiproc().AddPool("a", static pool => pool.Processes = 2).AddManager("m")).StartedAsync();
        var pool = host.Pool("a");
        Await.Until("both workers run", () => pool.WorkerPids.Count == 2);
        int[] pids = [.. pool.WorkerPids, host.Services.GetRequiredKeyedService<SyncManager>("m").Pid];
        await host.DisposeAsync();
        pids.ShouldAllBe(static pid => !Directory.Exists($"/proc/{pid}"));
    }

    [Fact]
    public void AddPool_WithANameThatIsTaken_Throws()
    {
        var builder = new ServiceCollection().AddMultiproc().AddPool("a").AddManager("m");
        Should.Throw<ArgumentException>(() => builder.AddPool("A")).Message.ShouldContain("The name 'A' is taken");
        Should.Throw<ArgumentException>(() => builder.AddPool("m")).Message.ShouldContain("The name 'm' is taken");
        Should.Throw<ArgumentException>(() => builder.AddManager("a:b")).Message.ShouldContain("a colon separates");
        Should.Throw<ArgumentException>(() => builder.AddPool(""));
    }

    private static int Pass(SharedEvent begun, SharedEvent gate)
    {
        begun.Set();
        return gate.Wait(HostUnderTest.Bound) ? 42 : 0;
    }

    private static long CountAfter(SharedEvent begun, SharedEvent gate, DictionaryProxy<string, long> counts)
    {
        begun.Set();
        gate.Wait(HostUnderTest.Bound);
        return counts.Increment("seen", 1);
    }

    private static bool AwaitToken(SharedEvent begun, SharedEvent told, CancellationToken token)
    {
        begun.Set();
        if (token.WaitHandle.WaitOne(HostUnderTest.Bound))
        {
            told.Set();
        }

        return true;
    }

    private static bool WaitForEver(SharedEvent begun)
    {
        begun.Set();
        using var never = new ManualResetEvent(false);
        return never.WaitOne();
    }

    private sealed class Client([FromKeyedServices("a")] ProcessPool pool) : IHostedService
    {
        public ProcessPool Pool => pool;

        public int LastAnswer { get; private set; }

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public async Task StopAsync(CancellationToken cancellationToken) =>
            LastAnswer = await pool.ApplyAsync(static x => x * x, 9, cancellation: cancellationToken);
    }

    private sealed class Stuck([FromKeyedServices("a")] ProcessPool pool) : IHostedService
    {
        public Exception? Failure { get; private set; }

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public async Task StopAsync(CancellationToken cancellationToken)
        {
            using var begun = Mp.Event();
            Failure = await Record.ExceptionAsync(() => pool.ApplyAsync(static begun => WaitForEver(begun), begun).AsTask());
        }
    }
}
