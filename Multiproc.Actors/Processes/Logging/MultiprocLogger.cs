using Microsoft.Extensions.Logging;

namespace Multiproc.Processes.Logging;

/// <summary>The program's log as an ILogger, in every process of the program.</summary>
internal sealed class MultiprocLogger : ILogger
{
    public static MultiprocLogger Instance { get; } = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull =>
        null;

    public bool IsEnabled(LogLevel logLevel) => ProcessLog.Current.IsEnabled(logLevel);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            ProcessLog.Current.Write(logLevel, eventId, formatter(state, exception), exception);
        }
    }
}
