using Microsoft.Extensions.Logging;
using Multiproc.Processes.Logging;
using Multiproc.TestKit;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Processes;

/// <summary>A logger that is sent arrives as one whose records come back.</summary>
[Collection(nameof(GlobalSettings))]
public sealed class SentLoggerTests : IDisposable
{
    private readonly Recorder _recorder = new(LogLevel.Information);

    public void Dispose() => ProcessLog.Current.Reset();

    [Fact]
    public void Captured_InAProcess_RecordsComeBackWholeAndInOrder()
    {
        const int Count = 300;
        ILogger logger = _recorder;
        using var process = Mp.Process(() =>
        {
            for (int i = 0; i < Count; i++)
            {
                logger.LogInformation(new EventId(7, "Done"), "task {Number} of {Name}", i, "me");
            }
        }, name: "the logger");
        process.Start();
        process.Join(InChild.Bound).ShouldBeTrue();
        var records = _recorder.Records;
        records.Count.ShouldBe(Count, "all are there when the process has been joined");
        records.Select(static record => record.Text).ShouldBe(Enumerable.Range(0, Count).Select(static i => $"task {i} of me"));
        records.ShouldAllBe(record => record.Level == LogLevel.Information && record.Event.Id == 7 && record.Event.Name == "Done");
        records[5].Values.ShouldBe(new Dictionary<string, object?>
        {
            ["Process"] = "the logger", ["Pid"] = process.Pid, ["Number"] = "5", ["Name"] = "me", ["{OriginalFormat}"] = "task {Number} of {Name}",
        });
    }

    [Fact]
    public void Typed_AsArgument_IsOneOfItsCategory()
    {
        ILogger<SentLoggerTests> logger = new TypedRecorder<SentLoggerTests>(_recorder);
        InChild.Run(() =>
        {
            logger.GetType().Assembly.ShouldBe(typeof(Mp).Assembly);
            logger.LogError(new FormatException("the reason"), "failed");
        });
        var record = _recorder.Records.ShouldHaveSingleItem();
        record.Level.ShouldBe(LogLevel.Error);
        record.Text.ShouldStartWith("failed");
        record.Text.ShouldContain("System.FormatException: the reason");
    }

    [Fact]
    public void Levels_AreThoseOfTheOriginal()
    {
        ILogger logger = _recorder;
        InChild.Run(() =>
        {
            logger.IsEnabled(LogLevel.Debug).ShouldBeFalse();
            logger.IsEnabled(LogLevel.Information).ShouldBeTrue();
            logger.IsEnabled(LogLevel.None).ShouldBeFalse();
            logger.LogDebug("too low");
            logger.LogWarning("high enough");
        });
        _recorder.Records.ShouldHaveSingleItem().Text.ShouldBe("high enough");
    }

    [Fact]
    public void Grandchild_AndQueue_ReachTheProgram()
    {
        ILogger logger = _recorder;
        using var queue = Mp.Queue<ILogger>();
        queue.Put(logger);
        InChild.Run(() => InChild.Run(() => logger.LogInformation("from below")));
        InChild.Run(() => queue.Get(InChild.Bound).LogInformation("from a queue"));
        _recorder.Records.Select(static record => record.Text).ShouldBe(["from below", "from a queue"]);
    }

    [Fact]
    public void Returned_IsTheOriginalAgain()
    {
        ILogger logger = _recorder;
        using var there = Mp.Queue<ILogger>();
        using var back = Mp.Queue<ILogger[]>();
        there.Put(logger);
        InChild.Run(() =>
        {
            var arrived = there.Get(InChild.Bound);
            back.Put([arrived, arrived]);
        });
        back.Get(InChild.Bound).ShouldAllBe(each => ReferenceEquals(each, logger));
    }

    [Fact]
    public void Pool_Workers_WriteToIt()
    {
        ILogger logger = _recorder;
        using (var pool = Mp.Pool(2))
        {
            Log(pool, logger);
            Await.Until("all records have come", () => _recorder.Records.Count == 20);
        }

        _recorder.Records.Select(static record => record.Text).Order(StringComparer.Ordinal)
            .ShouldBe(Enumerable.Range(0, 20).Select(static i => $"task {i}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Value_OfAManagersDictionary_WritesToIt()
    {
        ILogger logger = _recorder;
        using var manager = Mp.Manager();
        var shared = manager.Dictionary<string, ILogger>();
        shared["log"] = logger;
        shared["log"].ShouldBeSameAs(logger);
        InChild.Run(() => shared["log"].LogInformation("by way of a manager"));
        _recorder.Records.ShouldHaveSingleItem().Text.ShouldBe("by way of a manager");
    }

    [Fact]
    public void LoggerThatThrows_HarmsNobody()
    {
        ILogger logger = new UserCode.Logger(static () => throw new FormatException("a broken logger"));
        InChild.Run(() => logger.LogInformation("lost"));
        InChild.Run(static () => { });
    }

    private static void Log(ProcessPool pool, ILogger logger) => pool.Map(
        i =>
        {
            logger.LogInformation("task {Number}", i);
            return i;
        },
        Enumerable.Range(0, 20));

    private sealed class TypedRecorder<T>(ILogger inner) : ILogger<T>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull =>
            inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            inner.Log(logLevel, eventId, state, exception, formatter);
    }

    private sealed class Recorder(LogLevel least) : ILogger
    {
        private readonly Lock _gate = new();
        private readonly List<Record> _records = [];

        public IReadOnlyList<Record> Records
        {
            get
            {
                lock (_gate)
                {
                    return [.. _records];
                }
            }
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull =>
            null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= least;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_gate)
            {
                _records.Add(new Record(
                    logLevel, eventId, formatter(state, exception),
                    ((IEnumerable<KeyValuePair<string, object?>>)state!).ToDictionary(static each => each.Key, static each => each.Value)));
            }
        }
    }

    private sealed record Record(LogLevel Level, EventId Event, string Text, Dictionary<string, object?> Values);
}
