using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Multiproc.Hosting.Health;
using Multiproc.TestKit;
using Multiproc.Tests.Processes;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Hosting;

/// <summary>What the health check tells of pools, managers and shared memory.</summary>
[Collection(nameof(GlobalSettings))]
public sealed class HealthTests
{
    [Fact]
    public async Task Health_OfAHostThatWorks_IsHealthy_WithNumbers()
    {
        await using var host = await Started(static multiproc => multiproc.AddPool("a", static pool => pool.Processes = 2).AddManager("m"));
        Await.Until("both workers run", () => host.Pool("a").WorkerPids.Count == 2);
        host.Services.GetRequiredKeyedService<SyncManager>("m").Dictionary<int, int>();
        var entry = await Check(host);
        entry.Status.ShouldBe(HealthStatus.Healthy, entry.Description);
        entry.Data["pool:a"].ShouldBe("2 of 2 workers");
        entry.Data["manager:m"].ShouldBe("1 objects");
        entry.Data["sharedMemoryFree"].ShouldBeOfType<long>().ShouldBeGreaterThan(0);
        await host.StopAsync();
    }

    [Fact]
    public async Task Health_OfAPoolWhoseWorkersCannotBegin_IsUnhealthy()
    {
        await using var host = await Started(static multiproc => multiproc.AddPool(
            "a", static pool => (pool.Processes, pool.Initializer, pool.Pool) = (
                1, static () => throw new FormatException("no license"), new PoolOptions { StartAttempts = 1 })));
        await Should.ThrowAsync<ProcessStartException>(() => host.Pool("a").ApplyAsync(static () => 1));
        var entry = await Check(host);
        entry.Status.ShouldBe(HealthStatus.Unhealthy);
        entry.Description.ShouldNotBeNull().ShouldContain("The pool 'a' is broken");
        entry.Description.ShouldContain("no license");
        await host.StopAsync();
    }

    [Fact]
    public async Task Health_OfAHostThatStops_IsUnhealthy()
    {
        await using var host = await Started(static multiproc => multiproc.AddPool("a", static pool => pool.Processes = 1));
        await host.StopAsync();
        (await Check(host)).Description.ShouldNotBeNull().ShouldContain("The pool 'a' is closed");
    }

    [Fact]
    public async Task Health_OfAManagerThatWasKilled_IsWhatTheHostWantsToBeTold()
    {
        await using var host = await Started(static multiproc => multiproc.AddManager("m"), HealthStatus.Degraded);
        var manager = host.Services.GetRequiredKeyedService<SyncManager>("m");
        Signals.Send(manager.Pid, Signals.Kill);
        manager.Join(HostUnderTest.Bound).ShouldBeTrue();
        var entry = await Check(host);
        entry.Status.ShouldBe(HealthStatus.Degraded);
        entry.Data["manager:m"].ShouldBe("gone");
        await host.StopAsync();
    }

    [Fact]
    public async Task Health_OfAManagerThatDoesNotAnswer_IsUnhealthyInItsTime()
    {
        await using var host = await Started(static multiproc => multiproc.AddManager("m"), timeout: TimeSpan.FromMilliseconds(200));
        int pid = host.Services.GetRequiredKeyedService<SyncManager>("m").Pid;
        Signals.Freeze(pid);
        try
        {
            (await Check(host)).Data["manager:m"].ShouldBe("silent");
            (await Check(host)).Data["manager:m"].ShouldBe("silent", "the second check waits for the question of the first");
        }
        finally
        {
            Signals.Send(pid, Signals.Continue);
        }

        Await.Until("it answers again", () => Check(host).GetAwaiter().GetResult().Status == HealthStatus.Healthy);
        await host.StopAsync();
    }

    [Theory]
    [InlineData(1L << 20, "/dev/shm has 1 MiB free, less than 64 MiB")]
    [InlineData(64L << 20, null)]
    [InlineData(null, null)]
    public void SharedMemory_BelowItsLeast_IsAProblem(long? free, string? problem)
    {
        string? told = new SharedMemoryRoom(64L << 20).Problem(free);
        (told is null).ShouldBe(problem is null);
        told?.ShouldStartWith(problem!);
    }

    [Fact]
    public async Task Health_WithLittleSharedMemory_IsDegraded()
    {
        await using var host = new HostUnderTest(static services =>
        {
            services.AddMultiproc();
            services.AddHealthChecks().AddMultiproc(minimumSharedMemory: long.MaxValue);
        });
        await host.StartedAsync();
        (await Check(host)).Status.ShouldBe(HealthStatus.Degraded);
        await host.StopAsync();
    }

    private static Task<HostUnderTest> Started(Action<MultiprocBuilder> add, HealthStatus? failure = null, TimeSpan? timeout = null) =>
        new HostUnderTest(services =>
        {
            add(services.AddMultiproc());
            services.AddHealthChecks().AddMultiproc(failureStatus: failure, timeout: timeout ?? HostUnderTest.Bound, minimumSharedMemory: 0);
        }).StartedAsync();

    private static async Task<HealthReportEntry> Check(HostUnderTest host) =>
        (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync().WaitAsync(HostUnderTest.Bound)).Entries["multiproc"];
}
