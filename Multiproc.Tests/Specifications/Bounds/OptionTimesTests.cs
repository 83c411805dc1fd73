using System.Reflection;
using Multiproc.Tests.Pool;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Specifications.Bounds;

/// <summary>Times in options: InfiniteTimeSpan is no limit, other negative ones are refused where the options are used, and none is too long.</summary>
public sealed class OptionTimesTests
{
    /// <summary>Those that must be more than zero.</summary>
    private static readonly string[] s_some =
    [
        "ConnectionOptions.HandshakeTimeout", "ConnectionOptions.ConnectTimeout", "ManagerOptions.StartTimeout", "ManagerOptions.ReferenceLease",
        "PoolOptions.TaskTimeout", "TaskOptions.Timeout", "ActorPipeOptions.Timeout", "PythonProcessOptions.StartTimeout",
        "ElectionOptions.CheckInterval",
        "SharedRateLimiterOptions.ReplenishmentPeriod", "SharedQueueOptions.TimeToLive", "SharedCacheOptions.AbsoluteExpiration",
        "SharedCacheOptions.SlidingExpiration",
    ];

    public static TheoryData<string> Times => [.. All().Select(static each => $"{each.DeclaringType!.Name}.{each.Name}")];

    [Theory]
    [MemberData(nameof(Times))]
    public void Validate_AcceptsAnyLengthAndNoLimit_RefusesNegativeOnes(string name)
    {
        foreach (var fine in new[] { Timeout.InfiniteTimeSpan, TimeSpan.FromTicks(1), TimeSpan.FromDays(60), TimeSpan.MaxValue })
        {
            Validate(name, fine);
        }

        foreach (var wrong in new[] { TimeSpan.FromMilliseconds(-2), TimeSpan.FromTicks(-1), TimeSpan.MinValue })
        {
            Should.Throw<ArgumentOutOfRangeException>(() => Validate(name, wrong)).ParamName.ShouldBe(name.Split('.')[1]);
        }

        if (s_some.Contains(name))
        {
            Should.Throw<ArgumentOutOfRangeException>(() => Validate(name, TimeSpan.Zero)).Message.ShouldContain("Timeout.InfiniteTimeSpan");
        }
        else
        {
            Validate(name, TimeSpan.Zero);
        }
    }

    [Theory]
    [InlineData(-TimeSpan.TicksPerMillisecond)]
    [InlineData(long.MaxValue)]
    [InlineData(60 * TimeSpan.TicksPerDay)]
    public void Pool_LongTimes_RunsAndCancels(long ticks)
    {
        var time = TimeSpan.FromTicks(ticks);
        using var pool = Mp.Pool(1, new PoolOptions { TaskTimeout = time, StopGrace = time, Process = new ProcessOptions { TerminationGrace = time } });
        pool.Apply(static x => x + 1, 1, new TaskOptions { Timeout = time }).ShouldBe(2);
        using var begun = Mp.Event();
        using var source = new CancellationTokenSource();
        var running = pool.ApplyAsync(
            token =>
            {
                begun.Set();
                token.WaitHandle.WaitOne();
                return 1;
            }, cancellation: source.Token);
        bool runs = begun.Wait(Bounded.Time);
        runs.ShouldBeTrue(runs ? "" : $"the task runs; {pool.Insights()}{string.Concat(pool.WorkerPids.Select(ProcessStory.Of))}");
        source.Cancel();
        Should.Throw<OperationCanceledException>(() => running.Get(Bounded.Time));
        pool.ApplyAsync(static x => x + 1, 2).Within("the pool goes on").ShouldBe(3);
    }

    [Theory]
    [InlineData(-TimeSpan.TicksPerMillisecond)]
    [InlineData(long.MaxValue)]
    public void Terminate_LongGrace_LetsTheTargetEnd(long ticks)
    {
        using var begun = Mp.Event();
        using var process = Mp.Process(
            static (begun, token) =>
            {
                begun.Set();
                token.WaitHandle.WaitOne();
            },
            begun, options: new ProcessOptions { TerminationGrace = TimeSpan.FromTicks(ticks) });
        process.Start();
        begun.Wait(Bounded.Time).ShouldBeTrue("the target runs");
        process.Terminate();
        process.Join(Bounded.Time).ShouldBeTrue("the child ends");
    }

    private static IEnumerable<PropertyInfo> All() => typeof(Mp).Assembly.GetExportedTypes()
        .Where(static type => type.Name.EndsWith("Options", StringComparison.Ordinal))
        .SelectMany(static type => type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        .Where(static each => each.PropertyType == typeof(TimeSpan) || each.PropertyType == typeof(TimeSpan?));

    private static void Validate(string name, TimeSpan time)
    {
        var property = All().Single(each => $"{each.DeclaringType!.Name}.{each.Name}" == name);
        object options = Activator.CreateInstance(property.DeclaringType!)!;
        property.SetValue(options, time);
        property.DeclaringType!.GetMethod("Validate", BindingFlags.Instance | BindingFlags.NonPublic)!.Invoke(
            options, BindingFlags.DoNotWrapExceptions, null, null, null);
    }
}
