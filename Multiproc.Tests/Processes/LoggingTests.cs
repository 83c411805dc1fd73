using Microsoft.Extensions.Logging;
using Multiproc.Processes.Logging;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Processes;

/// <summary>One log for all processes of the program. Numbers are those of the conformance list.</summary>
[Collection(nameof(GlobalSettings))]
public sealed class LoggingTests : IDisposable
{
    private readonly Memory _memory = new();

    public void Dispose() => ProcessLog.Current.Reset();

    [Fact]
    public void GetLogger_NobodyListens_IsQuiet()
    {
        // LOG-01
        Mp.GetLogger().IsEnabled(LogLevel.Critical).ShouldBeFalse();
        Mp.GetLogger().ShouldBeSameAs(Mp.GetLogger());
    }

    [Fact]
    public void Child_Records_ComeWholeInOrderWithNameAndPid()
    {
        const int Count = 500;
        Mp.LogTo(_memory);
        using var process = Mp.Process(static count =>
        {
            for (int i = 0; i < count; i++)
            {
                Mp.GetLogger().LogInformation("record {Number} {Filler}", i, new string('x', 200));
            }
        }, Count, name: "the logger");
        process.Start();
        process.Join(InChild.Bound).ShouldBeTrue();
        var records = _memory.Records.Where(record => record.Process == "the logger").ToList();
        records.Select(record => record.Text.Split(' ')[1]).ShouldBe(Enumerable.Range(0, Count).Select(i => $"{i}"));
        records.ShouldAllBe(record =>
            record.Pid == process.Pid && record.Level == LogLevel.Information && record.Text.EndsWith(new string('x', 200), StringComparison.Ordinal));
    }

    [Fact]
    public void Grandchild_Records_ReachTheProgram()
    {
        Mp.LogTo(_memory);
        InChild.Run(static () => InChild.Run(static () => Mp.GetLogger().LogWarning("from below")));
        _memory.Records.ShouldContain(record => record.Text == "from below" && record.Process.Contains(':'));
    }

    [Fact]
    public void Level_OfTheParent_IsTheChilds()
    {
        // LOG-02
        Mp.LogTo(_memory, LogLevel.Error);
        using var enabled = Mp.Queue<(bool Warning, bool Error)>();
        InChild.Run(() =>
        {
            enabled.Put((Mp.GetLogger().IsEnabled(LogLevel.Warning), Mp.GetLogger().IsEnabled(LogLevel.Error)));
            Mp.GetLogger().LogWarning("too low");
            Mp.GetLogger().LogError(new InvalidOperationException("the cause"), "high enough");
        });
        enabled.Get(InChild.Bound).ShouldBe((false, true));
        _memory.Records.Select(record => record.Text).ShouldNotContain("too low");
        _memory.Records.ShouldContain(record => record.Text == "high enough" && record.Error!.Contains("the cause"));
    }

    [Fact]
    public void LogToStderr_Format_IsPythons()
    {
        // LOG-03
        var run = InChildWithStderr(static () =>
        {
            Mp.LogToStderr(LogLevel.Debug);
            Mp.GetLogger().LogInformation("from the child");
            InChild.Run(static () => Mp.GetLogger().LogWarning("from its child"));
        });
        run.ShouldContain("[INFO/shouter] from the child");
        run.ShouldMatch(@"\[WARNING/Process-[0-9:]+\] from its child");
    }

    [Fact]
    public void LogToStderr_LowestLevel_IsPythonsSubdebug()
    {
        // LOG-04: SUBDEBUG is Trace. SUBWARNING, which CPython itself does not log at, has no place between .NET's levels.
        // LOG-05: a record of ILogger has no place in the source that could be the library's by mistake; its text is the caller's.
        var run = InChildWithStderr(static () =>
        {
            Mp.LogToStderr(LogLevel.Trace);
            Mp.GetLogger().LogTrace("the finest grain");
            Mp.GetLogger().LogCritical("the coarsest");
        });
        run.ShouldBe("[SUBDEBUG/shouter] the finest grain\n[CRITICAL/shouter] the coarsest\n");
    }

    [Fact]
    public void Death_IsLoggedWithTheLastLinesOfStderr()
    {
        Mp.LogTo(_memory);
        using var process = Mp.Process(static () =>
        {
            Console.Error.WriteLine("last words");
            Environment.Exit(3);
        }, options: new ProcessOptions { KeepStderr = true });
        process.Start();
        process.Join(InChild.Bound).ShouldBeTrue();
        _memory.Records.ShouldContain(record => record.Level == LogLevel.Warning && record.Text.Contains("exit code 3") && record.Text.Contains("last words"));
    }

    [Fact]
    public void EndThatWasAskedFor_IsNoWarning()
    {
        Mp.LogTo(_memory, LogLevel.Debug);
        using var killed = Mp.Process(static () => Thread.CurrentThread.Join(), name: "killed");
        killed.Start();
        killed.KillAndJoin();
        using (var pool = Mp.Pool(1))
        {
            pool.Apply(static () => 1).ShouldBe(1);
        }

        var ends = _memory.Records.Where(record => record.Text.Contains("signal 9")).ToList();
        ends.Count.ShouldBe(2);
        ends.ShouldAllBe(record => record.Level == LogLevel.Debug);
    }

    [Fact]
    public void LoggerThatThrows_HoldsNobodyUp()
    {
        Mp.LogTo(new Thrower());
        InChild.Run(static () => Mp.GetLogger().LogInformation("this is lost"));
    }

    /// <summary>Runs the body in a child whose own log goes to its stderr, which is kept.</summary>
    private static string InChildWithStderr(Action body)
    {
        using var process = Mp.Process(
            static body => body(), body, name: "shouter", options: new ProcessOptions { KeepStderr = true });
        process.Start();
        process.Join(InChild.Bound).ShouldBeTrue();
        process.ExitCode.ShouldBe(0, process.StderrTail());
        return process.StderrTail();
    }

    private sealed class Memory : ILogger
    {
        private readonly List<LogRecord> _records = [];

        public IReadOnlyList<LogRecord> Records
        {
            get
            {
                lock (_records)
                {
                    return [.. _records];
                }
            }
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull =>
            null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_records)
            {
                _records.Add((LogRecord)(object)state!);
            }
        }
    }

    private sealed class Thrower : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull =>
            null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            throw new InvalidOperationException("this logger is broken, as a test wants it");
    }
}
