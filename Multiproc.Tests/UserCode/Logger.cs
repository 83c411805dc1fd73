using Microsoft.Extensions.Logging;

namespace Multiproc.Tests.UserCode;

/// <summary>A logger of the program that does something for each record.</summary>
internal sealed class Logger(Action log) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull =>
        null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => log();
}
