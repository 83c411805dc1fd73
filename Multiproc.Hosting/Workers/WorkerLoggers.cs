using Microsoft.Extensions.Logging;
using Multiproc.Processes.Logging;

namespace Multiproc.Hosting.Workers;

/// <summary>
/// The loggers of a worker's services: they write to the log of the program, which its main process gives to the host. A record keeps its category and its
/// values, so that the host's filters and formats apply to it as to its own.
/// </summary>
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

        public bool IsEnabled(LogLevel logLevel) => ProcessLog.Current.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                ProcessLog.Current.Write(category, logLevel, eventId, formatter(state, exception), exception, SentLogger.FieldsOf(state));
            }
        }
    }
}
