using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Multiproc.TestKit;
using Multiproc.Tests.Processes;

namespace Multiproc.Tests.Hosting;

/// <summary>Tasks have services of their worker: singletons once in each, a scope for each task.</summary>
[Collection(nameof(GlobalSettings))]
public sealed class WorkerServicesTests
{
    [Theory]
    [InlineData(StartMethod.Spawn)]
    [InlineData(StartMethod.InProcess)]
    public async Task Tasks_ShareSingletons_AndHaveAScopeEach(StartMethod method)
    {
        await using var host = await Started(pool => (pool.Processes, pool.StartMethod) = (1, method));
        var seen = await host.Pool("a").WithService<Scoped>().MapAsync(static (service, input) => service.See(input), [1, 2, 3], chunkSize: 2);
        seen.Select(static each => each.Input).ShouldBe([1, 2, 3]);
        seen.Select(static each => each.Scope).Distinct().Count().ShouldBe(3);
        seen.Select(static each => each.Worker).Distinct().ShouldHaveSingleItem();
        seen.Select(static each => each.DisposedBefore).ShouldBe([0, 1, 2], "a scope ends with its task");
        await host.StopAsync();
    }

    [Fact]
    public async Task AsynchronousFunctions_AreAwaited_WithTheirToken()
    {
        await using var host = await Started();
        var pool = host.Pool("a").WithService<Scoped>();
        (await pool.ApplyAsync(static async (service, token) =>
        {
            await Task.Yield();
            return service.See(5).Input + (token.CanBeCanceled ? 1 : 0);
        })).ShouldBe(6);
        (await pool.MapAsync(static async (service, input, _) =>
        {
            await Task.Yield();
            return service.See(input).Input;
        }, [1, 2])).ShouldBe([1, 2]);
        (await pool.ApplyAsync(static (service, _) => service.See(7).Input)).ShouldBe(7);
        pool.Imap(static (service, input) => service.See(input).Input, [4, 5]).ShouldBe([4, 5]);
        pool.ImapUnordered(static (service, input) => service.See(input).Input, [6, 7]).ShouldBe([6, 7], ignoreOrder: true);
        var last = new TaskCompletionSource<PoolProgress>();
        (await pool.MapAsync(static (service, input) => service.See(input).Input, [8, 9], progress: new Last(last))).ShouldBe([8, 9]);
        (await last.Task.WaitAsync(HostUnderTest.Bound)).Total.ShouldBe(2);
        await host.StopAsync();
    }

    [Fact]
    public async Task ExceptionOfAFunction_ReachesTheCaller_AndTheScopeEnds()
    {
        await using var host = await Started();
        var pool = host.Pool("a").WithService<Scoped>();
        (await Should.ThrowAsync<FormatException>(() => pool.ApplyAsync<int>(static (_, _) => throw new FormatException("no number"))))
            .Message.ShouldBe("no number");
        (await pool.ApplyAsync(static (service, _) => service.See(1).DisposedBefore)).ShouldBe(1);
        await host.StopAsync();
    }

    [Fact]
    public async Task TokenThatFiredBefore_CancelsEachCall_AndNothingRuns()
    {
        await using var host = await Started();
        var pool = host.Pool("a").WithService<Scoped>();
        using var ran = Mp.Event();
        var fired = new CancellationToken(canceled: true);
        await Should.ThrowAsync<OperationCanceledException>(() => pool.ApplyAsync((_, _) => Note(ran), cancellation: fired));
        await Should.ThrowAsync<OperationCanceledException>(() => pool.ApplyAsync((_, _) => Task.FromResult(Note(ran)), cancellation: fired));
        await Should.ThrowAsync<OperationCanceledException>(() => pool.MapAsync((_, _) => Note(ran), [1], cancellation: fired));
        await Should.ThrowAsync<OperationCanceledException>(() => pool.MapAsync((_, _, _) => Task.FromResult(Note(ran)), [1], cancellation: fired));
        Should.Throw<OperationCanceledException>(() => pool.Imap((_, _) => Note(ran), [1], cancellation: fired).Next(HostUnderTest.Bound));
        (await pool.ApplyAsync(static (service, _) => service.See(1).Input)).ShouldBe(1);
        ran.IsSet.ShouldBeFalse("the one worker has done a later task, and would have done these before it");
        await host.StopAsync();
    }

    [Fact]
    public async Task TokenThatFires_ReachesTheAsynchronousFunction()
    {
        await using var host = await Started(static pool => (pool.Processes, pool.Pool) = (1, new PoolOptions { StopGrace = HostUnderTest.Bound }));
        using var begun = Mp.Event();
        using var told = Mp.Event();
        using var stop = new CancellationTokenSource();
        var call = Begin(host.Pool("a").WithService<Scoped>(), begun, told, stop.Token);
        begun.Wait(HostUnderTest.Bound).ShouldBeTrue();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => call);
        told.Wait(HostUnderTest.Bound).ShouldBeTrue("the function was told in its worker");
        await host.StopAsync();
    }

    [Fact]
    public async Task WorkerConfiguration_IsSentToTheWorkers_AndNothingElse()
    {
        await using var host = await Started(
            static pool => (pool.Processes, pool.WorkerConfiguration) = (1, "Thumbs"), ("Thumbs:Size", "64"), ("Thumbs:Colors:0", "red"), ("Secret", "hidden"));
        (await host.Pool("a").WithService<IConfiguration>().ApplyAsync(static (configuration, _) =>
            $"{configuration["Size"]} {configuration["Colors:0"]} {configuration["Secret"] ?? "nothing"}")).ShouldBe("64 red nothing");
        await host.StopAsync();
    }

    [Fact]
    public async Task ServiceThatIsNotRegistered_IsAnErrorOfTheTask()
    {
        await using var host = await Started();
        (await Should.ThrowAsync<InvalidOperationException>(() => host.Pool("a").WithService<Stopwatch>().ApplyAsync(static (_, _) => 1)))
            .Message.ShouldContain("System.Diagnostics.Stopwatch");
        await host.StopAsync();
    }

    [Fact]
    public async Task PoolWithoutAStartup_SaysHowToAddOne()
    {
        await using var host = await new HostUnderTest(static services =>
            services.AddMultiproc().AddPool("a", static pool => pool.Processes = 1)).StartedAsync();
        (await Should.ThrowAsync<InvalidOperationException>(() => host.Pool("a").WithService<Scoped>().ApplyAsync(static (_, _) => 1)))
            .Message.ShouldContain("Add the pool with AddPool<TStartup>(name)");
        await host.StopAsync();
    }

    [Fact]
    public async Task LogOfAWorkersService_ReachesTheLoggersOfTheHost()
    {
        var records = new ConcurrentQueue<string>();
        await using var host = await new HostUnderTest(services =>
        {
            services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Information).AddProvider(new Recorder(records)));
            services.AddMultiproc().AddPool<Startup>("a", static pool => pool.Processes = 1);
        }).StartedAsync();
        await host.Pool("a").WithService<Scoped>().ApplyAsync(static (service, _) => service.Log("a thumbnail"));
        string expected = $"{typeof(Scoped).FullName!.Replace('+', '.')}: a thumbnail (Text=a thumbnail, {{OriginalFormat}}={{Text}})";
        Await.Until("the record arrives under its category, with its values", () => records.Any(each => each == expected));
        records.ShouldAllBe(static each => !each.Contains("not for the host", StringComparison.Ordinal));
        records.ShouldNotContain(static each => each.StartsWith("Multiproc: ", StringComparison.Ordinal), "it is no record of the library's own");
        await host.StopAsync();
    }

    [Fact]
    public async Task FinalizerAndServices_EndInTheirOrder_WhenTheHostStops()
    {
        using var said = Mp.Queue<string>();
        await using var host = await Started(pool => (pool.Processes, pool.Initializer, pool.Finalizer) = (
            1, () => Singleton.Said = said, () => Singleton.Said!.Put("finalizer")));
        await host.Pool("a").WithService<Scoped>().ApplyAsync(static (service, _) => service.See(1).Input);
        await host.StopAsync();
        said.Get(HostUnderTest.Bound).ShouldBe("finalizer");
        said.Get(HostUnderTest.Bound).ShouldBe("services");
    }

    [Fact]
    public async Task TraceOfTheCaller_ContinuesInTheWorker()
    {
        await using var host = await Started();
        using var activity = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start();
        string trace = await host.Pool("a").WithService<Scoped>().ApplyAsync(static (_, _) => Activity.Current!.TraceId.ToHexString());
        trace.ShouldBe(activity.TraceId.ToHexString());
        await host.StopAsync();
    }

    private static int Note(SharedEvent ran)
    {
        ran.Set();
        return 0;
    }

    /// <summary>Apart from the test: variables that its other lambdas capture would be sent along.</summary>
    private static AsyncResult<int> Begin(ServicePool<Scoped> pool, SharedEvent begun, SharedEvent told, CancellationToken stop) =>
        pool.ApplyAsync((_, token) => AwaitToken(begun, told, token), cancellation: stop);

    private static async Task<int> AwaitToken(SharedEvent begun, SharedEvent told, CancellationToken token)
    {
        begun.Set();
        try
        {
            await Task.Delay(HostUnderTest.Bound, token);
        }
        catch (OperationCanceledException)
        {
            told.Set();
            throw;
        }

        return 0;
    }

    private static Task<HostUnderTest> Started(params (string Key, string? Value)[] settings) => Started(static pool => pool.Processes = 1, settings);

    private static Task<HostUnderTest> Started(Action<HostedPoolOptions> configure, params (string Key, string? Value)[] settings) =>
        new HostUnderTest(services => services.AddMultiproc().AddPool<Startup>("a", configure), settings).StartedAsync();

    private sealed class Last(TaskCompletionSource<PoolProgress> done) : IProgress<PoolProgress>
    {
        public void Report(PoolProgress value)
        {
            if (value.Done == value.Total)
            {
                done.TrySetResult(value);
            }
        }
    }

    private sealed class Recorder(ConcurrentQueue<string> records) : ILoggerProvider, ILogger
    {
        private readonly string _category = "";

        private Recorder(ConcurrentQueue<string> records, string category)
            : this(records) => _category = category;

        public ILogger CreateLogger(string categoryName) => new Recorder(records, categoryName);

        public void Dispose()
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            records.Enqueue($"{_category}: {formatter(state, exception)}{Values(state)}");

        /// <summary>Those of the program, without the process that each record of it has.</summary>
        private static string Values<TState>(TState state) => state is IReadOnlyList<KeyValuePair<string, object?>> { Count: > 3 } values
            ? $" ({string.Join(", ", values.Skip(2).Select(static each => $"{each.Key}={each.Value}"))})"
            : "";
    }
}
