using System.Buffers.Binary;
using System.Collections.Concurrent;
using Multiproc.Peers;
using Multiproc.Serialization;

namespace Multiproc.Actors.Remote;

/// <summary>What the actors of two processes share about one link between them: numbered paths, messages in parts, and messages on their way.</summary>
internal sealed class ActorLink(Peer peer)
{
    /// <summary>Where the receipt number stands in the frame of a message: after the kind of the frame, the service, and the kind of its message.</summary>
    private const int ReceiptAt = 3;

    private readonly ConcurrentDictionary<long, object> _unreceived = new();
    private long _lastReceipt;

    public Peer Peer { get; } = peer;

    public SentPaths Sent { get; } = new();

    public ReceivedPaths Received { get; } = new();

    public PartAssembly Parts { get; } = new();

    /// <summary>Keeps a message alive until the other process has read its frame: the shared objects that it refers to live as long.</summary>
    public void KeepUntilReceived(WireWriter frame, object message) => KeepUntilReceived(frame.Overwrite(ReceiptAt, sizeof(long)), message);

    /// <inheritdoc cref="KeepUntilReceived(WireWriter, object)"/>
    public void KeepUntilReceived(byte[] frame, object message) => KeepUntilReceived(frame.AsSpan(ReceiptAt, sizeof(long)), message);

    public void OnReceipt(long receipt) => _unreceived.TryRemove(receipt, out _);

    public void OnClosed() => _unreceived.Clear();

    private void KeepUntilReceived(Span<byte> receiptInFrame, object message)
    {
        long receipt = Interlocked.Increment(ref _lastReceipt);
        _unreceived[receipt] = message;
        BinaryPrimitives.WriteInt64LittleEndian(receiptInFrame, receipt);
    }
}
