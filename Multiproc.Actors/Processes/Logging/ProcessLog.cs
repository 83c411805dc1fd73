using Microsoft.Extensions.Logging;
using Multiproc.Nodes;
using Multiproc.Objects.Inspection;
using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.States;
using Multiproc.Transport;

namespace Multiproc.Processes.Logging;

/// <summary>
/// The log of the whole program: it is kept in the main process, and the records of children go up to it over their connections. A writer
/// hands them to the sinks one after the other, so a slow sink holds up nobody's messages.
/// </summary>
internal sealed class ProcessLog
{
    private const int Off = (int)LogLevel.None;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private volatile ILogger? _logger;
    private volatile bool _stderr;
    private volatile LogWriter? _writer;
    private int _level = Off;
    private int _stderrLevel = Off;
    private int _loggerLevel = Off;

    public static ProcessLog Current { get; } = new();

    /// <summary>What is below it goes nowhere. Children have the level that their parent had at their start.</summary>
    public int Level
    {
        get => _level;
        private set
        {
            _level = value;
            Node.Current.Deadlocks.Tell = IsEnabled(LogLevel.Warning) ? Warn : null;
        }
    }

    /// <summary>In a child: records go to the parent from this level on.</summary>
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

    public void To(ILogger logger, LogLevel level)
    {
        lock (_gate)
        {
            _logger = logger;
            _loggerLevel = (int)level;
            Level = Math.Min(_stderrLevel, _loggerLevel);
        }
    }

    /// <summary>Nothing is logged any more, as at the beginning.</summary>
    public void Reset()
    {
        lock (_gate)
        {
            _logger = null;
            _stderr = false;
            Level = _stderrLevel = _loggerLevel = Off;
        }
    }

    public bool IsEnabled(LogLevel level) => (int)level >= Level && level != LogLevel.None;

    /// <summary>A record of the program in this process, written by its own thread: whatever its logger does holds up that thread alone.</summary>
    public void Write(LogLevel level, EventId what, string text, Exception? error = null)
    {
        if (IsEnabled(level))
        {
            var current = CurrentProcess.Instance;
            Guarded(new LogRecord(level, what, current.Name, current.Pid, text, error is null ? null : UserCode.Text(error)), current.Parent);
        }
    }

    /// <summary>A record of the library itself. The program's logger may throw or block: it is called beside whatever the record tells of.</summary>
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

    /// <summary>A record of a child, on the thread that delivers messages.</summary>
    public void Receive(LogRecord record) => Writer().Write(record);

    /// <summary>
    /// Runs <paramref name="action"/> once when all records that have come so far are written; at once when there are none, and at the latest after a second: a logger that
    /// does not return must not keep the ends of processes from those who wait for them.
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

    /// <summary>By way of the writer: a logger that throws must not harm who found it.</summary>
    private void Warn(DeadlockReport deadlock) => Receive(new LogRecord(
        LogLevel.Warning, LogEvents.DeadlockFound, CurrentProcess.Instance.Name, Environment.ProcessId,
        $"Deadlock: {deadlock}. Take locks in the same order everywhere, or with a timeout; as it is, only a timeout, a cancellation or the end of one of them helps.", null));

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
            // A parent that is stopped reads nothing for now: who logs must get on all the same.
            StandardStreams.Complain($"{record.Text} (This record of the log could not be given to the parent process, which does not read.)");
        }
        catch (ConnectionLostException)
        {
            // The parent has ended, and with it whoever could have read this.
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

    /// <summary>Up to the parent, unless this process has been told where its log goes.</summary>
    private void Deliver(LogRecord record, ParentProcess? parent)
    {
        if (parent is not null && !_stderr && _logger is null)
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
        if (_stderr && (int)record.Level >= _stderrLevel)
        {
            StandardStreams.Complain($"[{Name(record.Level)}/{record.Process}] {record}");
        }

        if ((int)record.Level >= _loggerLevel)
        {
            _logger?.Log(record.Level, record.Event, record, exception: null, static (state, _) => state.ToString());
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
            // The program's logger threw: those who wait behind this record for the end of a process must not suffer from it, nor the one that logged.
            StandardStreams.Complain($"A record of the log was lost, its logger failed: {UserCode.Text(failure)}");
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
