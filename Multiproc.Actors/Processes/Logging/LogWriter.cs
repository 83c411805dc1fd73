using System.Threading.Channels;

namespace Multiproc.Processes.Logging;

/// <summary>Passes records to the sinks one at a time on a thread pool thread, so that a slow sink does not delay the delivery of messages.</summary>
/// <remarks>Uses a channel instead of an actor, so that a program that logs need not start an actor system.</remarks>
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

    /// <summary>Runs an action after all records received so far have been written.</summary>
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
