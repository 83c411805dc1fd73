using Multiproc.Transport;
using Multiproc.Transport.Linux;

namespace Multiproc.Connections.Pipes;

/// <summary>The asynchronous wait for the socket of a pipe.</summary>
internal sealed class BellPoll : IDisposable
{
    private static readonly TimeSpan s_sharedPeriod = TimeSpan.FromMilliseconds(50);

    private readonly Endpoint _endpoint;
    private readonly PipeHandle _pipe;
    private readonly Pulse _pulse;

    public BellPoll(Endpoint endpoint, PipeHandle pipe, Pulse pulse)
    {
        _endpoint = endpoint;
        _pipe = pipe;
        _pulse = pulse;
        endpoint.Add(pulse);
        pipe.BeginPolling(pulse);
    }

    /// <summary>
    /// Sleeps until the socket is signaled, the endpoint is closed, or the time is up. May return early. A signal for data that is still unread stays set:
    /// another process may not have seen it yet.
    /// </summary>
    public async ValueTask SleepAsync(Deadline deadline, CancellationToken cancellation)
    {
        using (Readiness.Current.Begin(_pipe.Socket, SocketCalls.PollIn, _pulse))
        {
            TimeSpan? again = _pipe.SharesBell ? s_sharedPeriod : _pipe.CheckAgain;
            await _pulse.WaitAsync(again is { } soon ? deadline.OrIn(soon) : deadline, cancellation).ConfigureAwait(false);
        }

        if (!_pipe.Reader.HasUnread)
        {
            _pipe.TakeBells(_pulse);
        }
    }

    public void Dispose()
    {
        _pipe.EndPolling(_pulse);
        _endpoint.Remove(_pulse);
    }
}
