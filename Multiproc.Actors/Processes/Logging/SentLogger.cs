using Microsoft.Extensions.Logging;
using Multiproc.Serialization;

namespace Multiproc.Processes.Logging;

/// <summary>A logger that came from another process: its records go back there. It takes the levels that the original took when it was sent.</summary>
internal class SentLogger(LoggerAddress address, IArrivesAs form) : ILogger, ISentAs
{
    private const int MostFields = 64;
    private const string Format = "{OriginalFormat}";

    public IArrivesAs SentForm => form;

    /// <summary>Scopes stay here: a record has its own values only.</summary>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull =>
        null;

    public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Trace and < LogLevel.None && (address.Levels & (1 << (int)logLevel)) != 0;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            ProcessLog.Current.WriteTo(address, logLevel, eventId, formatter(state, exception), exception, FieldsOf(state));
        }
    }

    /// <summary>The values of a structured record, as text.</summary>
    public static KeyValuePair<string, string>[] FieldsOf<TState>(TState state) => state is IReadOnlyList<KeyValuePair<string, object?>> values
        ? [.. values.Where(static each => each.Key != Format || each.Value is string).Take(MostFields).Select(static each => new KeyValuePair<string, string>(
            each.Key, each.Value is null ? "(null)" : UserCode.Text(each.Value)))]
        : [];
}

/// <summary>A logger of a category that came from another process.</summary>
internal sealed class SentLogger<TCategory>(LoggerAddress address, IArrivesAs form) : SentLogger(address, form), ILogger<TCategory>;
