using System.Threading.Channels;

namespace Multiproc.Processes.Logging;

/// <summary>Hands records to the sinks one after the other on a thread of the pool, so that a slow sink holds up nobody's messages.</summary>
/// <remarks>A channel and no actor: a program that logs need not start an actor system.</remarks>
internal sealed class LogWriter
{
    private readonly Channel<object> _messages = Channel.CreateUnbounded<object>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Action<LogRecord> _write;

    /// <param name="write">Must not throw.</param>
    public LogWriter(Action<LogRecord> write)
    {
        _write = write;
        _ = Task.Run(WriteAll);
    }

    public void Write(LogRecord record) => _messages.Writer.TryWrite(record);

    /// <summary>Runs an action when all records that have come so far are written.</summary>
    public void AfterPending(Action action) => _messages.Writer.TryWrite(action);

    private async Task WriteAll()
    {
        await foreach (object message in _messages.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            if (message is LogRecord record)
            {
                _write(record);
            }
            else
            {
                ((Action)message)();
            }
        }
    }
}
