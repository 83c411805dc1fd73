using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Multiproc.Tests.Processes;

namespace Multiproc.Tests.Hosting;

/// <summary>Options of a host come from code and from the section Multiproc, which wins; what is wrong is told at the start.</summary>
[Collection(nameof(GlobalSettings))]
public sealed class HostOptionsTests : IDisposable
{
    private readonly MultiprocOptions _before = Mp.Options;

    public void Dispose() => Mp.Configure(_before);

    [Fact]
    public async Task Configuration_OverridesCode_AndKeepsWhatItDoesNotName()
    {
        await using var host = new HostUnderTest(
            static services => services.AddMultiproc(static options => options.DrainTimeout = TimeSpan.FromSeconds(1)).AddPool(
                "a", static pool => (pool.Processes, pool.Pool) = (1, new PoolOptions { MaxInFlight = 5, Retries = 7 })),
            ("Multiproc:DrainTimeout", "00:00:03"), ("Multiproc:Pools:a:Processes", "3"), ("Multiproc:Pools:a:Pool:Retries", "1"),
            ("Multiproc:Pools:a:Pool:TaskTimeout", "00:01:00"), ("Multiproc:Pools:a:Pool:Process:Environment:COLOR", "red"));
        host.Services.GetRequiredService<IOptions<MultiprocHostOptions>>().Value.DrainTimeout.ShouldBe(TimeSpan.FromSeconds(3));
        var options = host.Services.GetRequiredService<IOptionsMonitor<HostedPoolOptions>>().Get("a");
        options.Processes.ShouldBe(3);
        var pool = options.Pool.ShouldNotBeNull();
        (pool.Retries, pool.MaxInFlight, pool.TaskTimeout).ShouldBe((1, 5, TimeSpan.FromMinutes(1)));
        pool.Process.Environment.ShouldNotBeNull()["COLOR"].ShouldBe("red");
        await host.StartedAsync();
        (await host.Pool("a").ApplyAsync(static () => Environment.GetEnvironmentVariable("COLOR"))).ShouldBe("red");
        await host.StopAsync();
    }

    [Fact]
    public async Task Settings_OfTheSection_AreAppliedOnTopOfTheProgramsOwn()
    {
        Mp.Configure(_before with { Pool = _before.Pool with { Retries = 9, MaxInFlight = 33 } });
        var own = Mp.Options;
        await using var host = await new HostUnderTest(
            static services => services.AddMultiproc().AddPool("a", static pool => pool.Processes = 1), ("Multiproc:Settings:Pool:MaxInFlight", "44"),
            ("Multiproc:Settings:Connections:ConnectTimeout", "00:00:07")).StartedAsync();
        (Mp.Options.Pool.MaxInFlight, Mp.Options.Pool.Retries, Mp.Options.Connections.ConnectTimeout).ShouldBe((44, 9, TimeSpan.FromSeconds(7)));
        own.Pool.MaxInFlight.ShouldBe(33, "the binder wrote into a copy");
        await host.StopAsync();
    }

    [Theory]
    [InlineData("Multiproc:DrainTimeout", "-00:00:05", "Multiproc: ", "DrainTimeout")]
    [InlineData("Multiproc:StartMethod", "Fork", "Multiproc: ", "fork")]
    [InlineData("Multiproc:Settings:Pool:MaxInFlight", "0", "Multiproc: ", "MaxInFlight")]
    [InlineData("Multiproc:Pools:a:Processes", "0", "Multiproc:Pools:a: ", "Processes")]
    [InlineData("Multiproc:Pools:a:MaxTasksPerChild", "0", "Multiproc:Pools:a: ", "MaxTasksPerChild")]
    [InlineData("Multiproc:Pools:a:Pool:StartAttempts", "-1", "Multiproc:Pools:a: ", "StartAttempts")]
    [InlineData("Multiproc:Pools:a:WorkerConfiguration", "Thumbs", "Multiproc:Pools:a:WorkerConfiguration ", "AddPool<TStartup>")]
    [InlineData("Multiproc:Pools:thumb:Processes", "1", "Multiproc:Pools:thumb is configured", "AddPool(\"thumb\")")]
    [InlineData("Multiproc:Managers:m:Address", "nowhere", "Multiproc:Managers:m: ", "host:port")]
    [InlineData("Multiproc:Managers:m:Connect", "true", "Multiproc:Managers:m:Connect is true", "Address")]
    [InlineData("Multiproc:Managers:n:Connect", "true", "Multiproc:Managers:n is configured", "The program has m.")]
    public async Task Start_WithAValueThatIsNotValid_TellsTheSectionAndTheReason(string key, string value, string begin, string part)
    {
        await using var host = new HostUnderTest(
            static services => services.AddMultiproc().AddPool("a", static pool => pool.Processes = 1).AddManager("m"), (key, value));
        var failure = await Should.ThrowAsync<OptionsValidationException>(host.StartedAsync);
        failure.Failures.ShouldContain(each => each.StartsWith(begin, StringComparison.Ordinal) && each.Contains(part, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Multiproc:DrainTime", "00:00:05", "DrainTime")]
    [InlineData("Multiproc:Settings:Pool:Retry", "1", "Retry")]
    [InlineData("Multiproc:Pools:a:Proceses", "1", "Proceses")]
    [InlineData("Multiproc:Managers:m:Adress", "x:1", "Adress")]
    public async Task Start_WithAKeyThatMeansNothing_NamesIt(string key, string value, string named)
    {
        await using var host = new HostUnderTest(
            static services => services.AddMultiproc().AddPool("a", static pool => pool.Processes = 1).AddManager("m"), (key, value));
        (await Should.ThrowAsync<InvalidOperationException>(host.StartedAsync)).Message.ShouldContain(named);
    }

    [Fact]
    public async Task Start_WithSeveralMistakes_TellsThemAll()
    {
        await using var host = new HostUnderTest(
            static services => services.AddMultiproc().AddPool("a").AddPool("b"), ("Multiproc:Pools:a:Processes", "0"), ("Multiproc:Pools:b:Processes", "-3"));
        var failure = (await Record.ExceptionAsync(host.StartedAsync)).ShouldNotBeNull().ToString();
        failure.ShouldContain("Multiproc:Pools:a: ");
        failure.ShouldContain("Multiproc:Pools:b: ");
    }

    [Fact]
    public async Task Host_WithoutAConfiguration_HasTheDefaults()
    {
        await using var services = new ServiceCollection().AddMultiproc().AddPool("a", static pool => pool.Processes = 1).Services.BuildServiceProvider();
        (await services.GetRequiredKeyedService<ProcessPool>("a").ApplyAsync(static x => x + 1, 1)).ShouldBe(2);
        services.GetRequiredService<MultiprocContext>().ShouldNotBeNull();
    }

    [Fact]
    public async Task Manager_OfAnAddress_IsReachedByAnotherHostThatConnects()
    {
        string socket = Path.Combine(Mp.GetTempDir(), $"{Guid.NewGuid():N}.sock");
        byte[] key = [1, 2, 3, 4, 5, 6, 7, 8];
        await using var server = await new HostUnderTest(
            static services => services.AddMultiproc().AddManager("m"), ("Multiproc:Managers:m:Address", socket),
            ("Multiproc:Managers:m:AuthKey", Convert.ToBase64String(key))).StartedAsync();
        await using var client = await new HostUnderTest(
            services => services.AddMultiproc().AddManager(
                "m", manager => (manager.Address, manager.Connect, manager.AuthKey) = (socket, true, key))).StartedAsync();
        var own = server.Services.GetRequiredKeyedService<SyncManager>("m");
        using var list = own.List([1, 2]);
        client.Services.GetRequiredKeyedService<SyncManager>("m").NumberOfObjects.ShouldBe(1);
        await client.StopAsync();
        list.Count.ShouldBe(2, "the server goes on when a client's host has stopped");
        await server.StopAsync();
    }
}
