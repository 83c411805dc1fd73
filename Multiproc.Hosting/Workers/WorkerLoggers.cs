using Microsoft.Extensions.Logging;

namespace Multiproc.Hosting.Workers;

/// <summary>The loggers of a worker's services: they write to the log of the program, which its main process gives to the host. A record has no category
/// on its way, so that the text begins with it.</summary>
internal sealed class WorkerLoggers : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new WorkerLogger(categoryName);

    public void Dispose()
    {
    }

    private sealed class WorkerLogger(string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => Mp.GetLogger().IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Mp.GetLogger().Log(logLevel, eventId, state, exception, (shown, failure) => $"{category}: {formatter(shown, failure)}");
    }
}
