using Multiproc.Transport;

namespace Multiproc.Connections;

/// <content>The asynchronous methods.</content>
internal abstract partial class MessageStream
{
    public abstract ValueTask SendFramedAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation);

    public abstract ValueTask SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancellation);

    public abstract ValueTask<bool> PollAsync(Deadline deadline, CancellationToken cancellation);

    public abstract ValueTask<byte[]> ReceiveAsync(long? limit, Deadline deadline, CancellationToken cancellation);

    public abstract ValueTask<int> ReceiveIntoAsync(Memory<byte> target, Deadline deadline, CancellationToken cancellation);

    protected static async ValueTask EnterAsync(SemaphoreSlim gate, Deadline deadline, CancellationToken cancellation)
    {
        if (!await gate.WaitAsync(deadline.RemainingOrInfinite, cancellation).ConfigureAwait(false))
        {
            throw TimedOut();
        }
    }
}
