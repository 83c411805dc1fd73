using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.SharedMemory;
using Multiproc.Transport.Linux;

namespace Multiproc.Transport;

/// <summary>Whether a frame may wait until its receiver looks by itself.</summary>
internal enum Wake
{
    /// <summary>A sleeping receiver is woken.</summary>
    Always,

    /// <summary>
    /// Only a thread of the receiver that waits for messages is woken; while its threads are busy the frame waits for the first that
    /// looks. For more work to a process that has work.
    /// </summary>
    WhenWaiting,

    /// <summary>Nobody is woken: the frame is seen with the next one, or when this process dies. For mere confirmations.</summary>
    Never,

    /// <summary>The sender rings itself, by <see cref="ILink.Announce"/>: for several frames at once.</summary>
    Later,
}

/// <summary>
/// Frames to and from one other process, whole, in order, each at most once. What was sent before the peer died still arrives.
/// </summary>
internal interface ILink : IDisposable
{
    /// <summary>For messages: whom the link reaches, as "process 4711".</summary>
    string Peer { get; }

    /// <summary>Whether memory and descriptors can be shared with the peer. If not, all goes in frames.</summary>
    bool SharesMachine => true;

    /// <summary>Begins delivery to <paramref name="handler"/>. Frames sent before are delivered first.</summary>
    void Start(ILinkHandler handler);

    /// <summary>
    /// Sends one frame. A user's thread waits while the peer is too slow to take it; inside a handler the frame is queued instead,
    /// since a handler never blocks.
    /// </summary>
    /// <exception cref="ConnectionLostException">The peer is gone.</exception>
    void Send(ReadOnlySpan<byte> frame, Wake wake = Wake.Always);

    /// <summary>The same for a frame in a writer.</summary>
    /// <exception cref="ConnectionLostException">The peer is gone.</exception>
    void Send(WireWriter frame, Wake wake) => Send(frame.HasPieces ? frame.ToArray() : frame.Written, wake);

    /// <summary>
    /// A frame that grows: what is whole of it when this process dies is delivered, though it was not sent. Null where a link has none. For one thread.
    /// </summary>
    Rings.StagingBuffer? Staging => null;

    /// <summary>Sends the staging buffer as a frame, and empties it. Not for handlers.</summary>
    /// <exception cref="ConnectionLostException">The peer is gone.</exception>
    void SendStaged(Wake wake) => throw new NotSupportedException($"There is no draft for {Peer}.");

    /// <summary>Rings for frames that were sent with <see cref="Wake.Later"/>.</summary>
    void Announce(Wake wake)
    {
    }

    /// <summary>
    /// Marks a call as given up, where the peer sees it before it reads what was sent earlier. Nothing where a link has no memory for it: then the peer learns of it in its turn.
    /// </summary>
    void MarkGivenUp(long call)
    {
    }

    /// <summary>Whether the peer has marked a call of its own so. For handlers.</summary>
    bool IsGivenUp(long call) => false;

    /// <summary>The mark of a call of the peer is no longer needed. For handlers.</summary>
    void ForgetGivenUp(long call)
    {
    }

    /// <summary>Gives the peer a mapping of <paramref name="memory"/>, to be fetched there by <paramref name="token"/>.</summary>
    void SendMemory(long token, MappedMemory memory);

    /// <summary>Takes the memory that the peer gave for <paramref name="token"/>; waits until it is there.</summary>
    /// <param name="token">What was asked for.</param>
    /// <param name="patience">How long a thread waits that has no bound of its own.</param>
    /// <exception cref="ConnectionLostException">The peer is gone.</exception>
    /// <exception cref="MultiprocTimeoutException">The peer did not give it in time.</exception>
    MappedMemory ReceiveMemory(long token, TimeSpan patience);

    /// <summary>Whether the peer was asked for it by somebody who has given up: then it need not be asked again.</summary>
    bool TakeUnclaimedMemory(long token) => false;

    /// <summary>Gives the peer a duplicate of a descriptor that it asked for; null says that there is none (any more).</summary>
    /// <exception cref="ConnectionLostException">The peer is gone.</exception>
    void SendDescriptor(long token, SafeDescriptor? descriptor) => throw new NotSupportedException($"Descriptors do not travel over this link to {Peer}.");
}

/// <summary>
/// The receiving side of a link. Called by one thread at a time; must not block. The frame's memory is valid during the call only.
/// </summary>
internal interface ILinkHandler
{
    /// <exception cref="SerializationException">The frame is malformed: the link is closed with this reason.</exception>
    void OnFrame(ReadOnlySpan<byte> frame);

    /// <summary>All that had come is delivered for now: a time to do once what each frame asked for.</summary>
    void OnDelivered()
    {
    }

    /// <summary>Called once, after the last frame. <paramref name="reason"/> is null when this side closed the link.</summary>
    void OnClosed(Exception? reason);

    /// <summary>
    /// A descriptor that was asked for has come, and is the handler's; null when the peer has it no more. May be called by another thread
    /// while a frame is delivered.
    /// </summary>
    void OnDescriptor(long token, SafeDescriptor? descriptor) => descriptor?.Dispose();
}
