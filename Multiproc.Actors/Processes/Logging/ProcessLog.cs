using Microsoft.Extensions.Logging;
using Multiproc.Nodes;
using Multiproc.Peers;
using Multiproc.Transport;

namespace Multiproc.Processes.Logging;

/// <summary>
/// The log of the whole program. The main process writes it; children send their records to their parents. A writer passes the records to the
/// sinks one at a time, so that a slow sink does not delay the delivery of messages.
/// </summary>
internal sealed class ProcessLog
{
    private const int Off = (int)LogLevel.None;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private volatile ILogger? _logger;
    private volatile ILoggerFactory? _categories;
    private volatile bool _stderr;
    private volatile LogWriter? _writer;
    private int _level = Off;
    private int _stderrLevel = Off;
    private int _loggerLevel = Off;

    public static ProcessLog Current { get; } = new();

    /// <summary>The lowest level that is logged. Children have the level that their parent had when they started.</summary>
    public int Level
    {
        get => _level;
        private set
        {
            _level = value;
            Node.Current.Deadlocks.Tell = IsEnabled(LogLevel.Warning) ? Warn : null;
        }
    }

    /// <summary>Sets, in a child, the lowest level of records that are sent to the parent.</summary>
    public void Inherit(int level) => Level = level;

    public void ToStderr(LogLevel level)
    {
        lock (_gate)
        {
            _stderr = true;
            _stderrLevel = (int)level;
            Level = Math.Min(_stderrLevel, _loggerLevel);
        }
    }

    /// <summary>Writes to a logger.</summary>
    /// <param name="logger">The logger of all records, or of those without a category.</param>
    /// <param name="level">The lowest level that is written.</param>
    /// <param name="categories">Makes the loggers of records with a category; null if these go to the same logger.</param>
    public void To(ILogger logger, LogLevel level, ILoggerFactory? categories = null)
    {
        lock (_gate)
        {
            _logger = logger;
            _categories = categories;
            _loggerLevel = (int)level;
            Level = Math.Min(_stderrLevel, _loggerLevel);
        }
    }

    /// <summary>Stops writing to a logger, unless another one has taken its place.</summary>
    public void Leave(ILogger logger)
    {
        lock (_gate)
        {
            if (ReferenceEquals(_logger, logger))
            {
                _logger = null;
                _categories = null;
                _loggerLevel = Off;
                Level = _stderrLevel;
            }
        }
    }

    /// <summary>Stops logging, as before the first sink was set.</summary>
    public void Reset()
    {
        lock (_gate)
        {
            _logger = null;
            _categories = null;
            _stderr = false;
            Level = _stderrLevel = _loggerLevel = Off;
        }
    }

    public bool IsEnabled(LogLevel level) => (int)level >= Level && level != LogLevel.None;

    /// <summary>Writes a record of the program on the calling thread, so that a slow logger delays only that thread.</summary>
    public void Write(LogLevel level, EventId what, string text, Exception? error = null)
    {
        if (IsEnabled(level))
        {
            var current = CurrentProcess.Instance;
            Guarded(new LogRecord(level, what, current.Name, current.Pid, text, error is null ? null : UserCode.Text(error)), current.Parent);
        }
    }

    /// <summary>Writes a record of a category on the calling thread.</summary>
    public void Write(
        string category, LogLevel level, EventId what, string text, Exception? error, IReadOnlyList<KeyValuePair<string, string>> fields)
    {
        if (IsEnabled(level))
        {
            var current = CurrentProcess.Instance;
            var record = new LogRecord(level, what, current.Name, current.Pid, text, error is null ? null : UserCode.Text(error))
            {
                Category = category, Fields = fields,
            };
            Guarded(record, current.Parent);
        }
    }

    /// <summary>Writes a record to a logger that came from another process, whatever the level of the log is.</summary>
    public void WriteTo(
        LoggerAddress logger, LogLevel level, EventId what, string text, Exception? error, IReadOnlyList<KeyValuePair<string, string>> fields)
    {
        var current = CurrentProcess.Instance;
        var record = new LogRecord(level, what, current.Name, current.Pid, text, error is null ? null : UserCode.Text(error))
        {
            Logger = logger, Fields = fields,
        };
        Guarded(record, current.Parent);
    }

    /// <summary>Writes a record of the library itself. The program's logger may throw or block, so it is not called on this thread.</summary>
    public void Report(LogLevel level, EventId what, string text)
    {
        if (!IsEnabled(level))
        {
            return;
        }

        var current = CurrentProcess.Instance;
        var record = new LogRecord(level, what, current.Name, current.Pid, text, null);
        if (_logger is null)
        {
            Deliver(record, current.Parent);
        }
        else
        {
            Receive(record);
        }
    }

    /// <summary>Receives a record of a child, on the thread that delivers messages.</summary>
    public void Receive(LogRecord record) => Writer().Write(record);

    /// <summary>
    /// Runs <paramref name="action"/> once, after all records received so far have been written; at once if there are none, and after a second at the latest: a
    /// logger that does not return must not delay the callers that wait for the end of a process.
    /// </summary>
    public void AfterPending(Action action)
    {
        if (_writer is not { } writer)
        {
            action();
            return;
        }

        int ran = 0;
        void Once()
        {
            if (Interlocked.Exchange(ref ran, 1) == 0)
            {
                action();
            }
        }

        var late = new Timer(static once => ((Action)once!)(), (Action)Once, s_patience, Timeout.InfiniteTimeSpan);
        writer.AfterPending(() =>
        {
            late.Dispose();
            Once();
        });
    }

    /// <summary>Logs a deadlock through the writer, so that a logger that throws does not harm the thread that found it.</summary>
    private void Warn(DeadlockReport deadlock) => Receive(new LogRecord(
        LogLevel.Warning, LogEvents.DeadlockFound, CurrentProcess.Instance.Name, Environment.ProcessId,
        $"Deadlock: {deadlock}. Take locks in the same order everywhere, or with a timeout; now only a timeout, a cancellation or the end of one of the "
        + "processes resolves it.", null));

    private static void SendUp(Peer parent, LogRecord record)
    {
        try
        {
            var writer = parent.BeginService(Service.Process);
            writer.Byte((byte)ProcessMessage.Log);
            record.WriteTo(writer);
            using (WaitLimit.Of(TimeSpan.Zero, CancellationToken.None, parent.Address?.Pid ?? 0).Enter())
            {
                parent.Send(writer);
            }
        }
        catch (MultiprocTimeoutException stopped) when (stopped.IsOfLimit)
        {
            // A parent that is stopped by a signal reads nothing, but logging must not block this process.
            StandardStreams.Complain($"{record.Text} (This log record could not be delivered to the parent process, which is not reading.)");
        }
        catch (ConnectionLostException)
        {
            // The parent has ended, so nobody is left to read the record.
        }
    }

    private LogWriter Writer()
    {
        if (_writer is { } writer)
        {
            return writer;
        }

        lock (_gate)
        {
            return _writer ??= new LogWriter(record => Guarded(record, CurrentProcess.Instance.Parent));
        }
    }

    /// <summary>
    /// Sends a record to the parent, or writes it here if this process has sinks of its own. One for a logger that was sent goes up to the process that sent
    /// it; where there is none above, as on another machine, to the log.
    /// </summary>
    private void Deliver(LogRecord record, ParentProcess? parent)
    {
        if (record.Logger.Number != LoggerAddress.None && SentLoggers.Find(record.Logger) is { } sent)
        {
            sent.Log(record.Level, record.Event, record, exception: null, static (state, _) => state.ToString());
        }
        else if (parent is not null && (record.Logger.Number != LoggerAddress.None || (!_stderr && _logger is null)))
        {
            SendUp(parent.Peer, record);
        }
        else
        {
            WriteToSinks(record);
        }
    }

    private void WriteToSinks(LogRecord record)
    {
        // Where a sink has no categories, the text begins with that of the record.
        var whole = record.Category is null ? record : record with { Text = $"{record.Category}: {record.Text}" };
        if (_stderr && (int)record.Level >= _stderrLevel)
        {
            StandardStreams.Complain($"[{Name(record.Level)}/{record.Process}] {whole}");
        }

        if ((int)record.Level < _loggerLevel)
        {
            return;
        }

        if (record.Category is { } category && _categories is { } loggers)
        {
            loggers.CreateLogger(category).Log(record.Level, record.Event, record, exception: null, static (state, _) => state.ToString());
        }
        else
        {
            _logger?.Log(record.Level, record.Event, whole, exception: null, static (state, _) => state.ToString());
        }
    }

    private void Guarded(LogRecord record, ParentProcess? parent)
    {
        try
        {
            Deliver(record, parent);
        }
        catch (Exception failure)
        {
            // The program's logger threw. Neither the thread that logged nor those that wait behind this record for the end of a process must be affected.
            StandardStreams.Complain($"A log record was lost because the logger failed: {UserCode.Text(failure)}");
        }
    }

    private static string Name(LogLevel level) => level switch
    {
        LogLevel.Trace => "SUBDEBUG",
        LogLevel.Debug => "DEBUG",
        LogLevel.Information => "INFO",
        LogLevel.Warning => "WARNING",
        LogLevel.Error => "ERROR",
        _ => "CRITICAL",
    };
}
