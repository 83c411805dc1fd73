using Multiproc.Serialization;
using Multiproc.SharedMemory;
using Multiproc.Transport.Linux;

namespace Multiproc.Transport;

/// <summary>Specifies whether sending a frame wakes its receiver.</summary>
internal enum Wake
{
    /// <summary>Wakes a sleeping receiver.</summary>
    Always,

    /// <summary>
    /// Wakes only a thread of the receiver that waits for messages; while its threads are busy, the frame waits for the first one that
    /// checks. For more work to a process that has work.
    /// </summary>
    WhenWaiting,

    /// <summary>Wakes no thread: the frame is delivered with the next one, or when this process dies. For mere acknowledgments.</summary>
    Never,

    /// <summary>Wakes no thread: the sender calls <see cref="ILink.Announce"/> after several frames.</summary>
    Later,
}

/// <summary>
/// Transfers frames to and from one other process: whole, in order, each at most once. Frames that the peer sent before it died still arrive.
/// </summary>
internal interface ILink : IDisposable
{
    /// <summary>The name of the peer for messages, such as "process 4711".</summary>
    string Peer { get; }

    /// <summary>Whether memory and descriptors can be shared with the peer. If not, everything is sent in frames.</summary>
    bool SharesMachine => true;

    /// <summary>Begins delivery to <paramref name="handler"/>, beginning with the frames that were sent before.</summary>
    void Start(ILinkHandler handler);

    /// <summary>
    /// Sends one frame. A user's thread waits while the peer is too slow to take it; inside a handler the frame is queued instead,
    /// since a handler never blocks.
    /// </summary>
    /// <exception cref="ConnectionLostException">The peer is gone.</exception>
    void Send(ReadOnlySpan<byte> frame, Wake wake = Wake.Always);

    /// <summary>Sends the frame in a writer.</summary>
    /// <exception cref="ConnectionLostException">The peer is gone.</exception>
    void Send(WireWriter frame, Wake wake) => Send(frame.HasPieces ? frame.ToArray() : frame.Written, wake);

    /// <summary>
    /// A growing frame whose committed part is delivered if this process dies before it is sent. Null if the link has none. For one thread.
    /// </summary>
    Rings.StagingBuffer? Staging => null;

    /// <summary>Sends the staging buffer as a frame and empties it. Must not be called by handlers.</summary>
    /// <exception cref="ConnectionLostException">The peer is gone.</exception>
    void SendStaged(Wake wake) => throw new NotSupportedException($"There is no staging buffer for {Peer}.");

    /// <summary>Wakes the receiver for frames that were sent with <see cref="Wake.Later"/>.</summary>
    void Announce(Wake wake)
    {
    }

    /// <summary>
    /// Marks a call as abandoned, where the peer sees it before it reads earlier frames. Does nothing if the link has no memory for marks: then the peer learns
    /// of it by a later frame.
    /// </summary>
    void MarkGivenUp(long call)
    {
    }

    /// <summary>Whether the peer has marked one of its calls as abandoned. For handlers.</summary>
    bool IsGivenUp(long call) => false;

    /// <summary>Clears the mark of a call of the peer. For handlers.</summary>
    void ForgetGivenUp(long call)
    {
    }

    /// <summary>Sends the peer a descriptor of <paramref name="memory"/>, to be fetched there by <paramref name="token"/>.</summary>
    void SendMemory(long token, MappedMemory memory);

    /// <summary>Returns the memory that the peer sent for <paramref name="token"/>, waiting until it arrives.</summary>
    /// <param name="token">The token of the memory.</param>
    /// <param name="patience">The timeout for a thread without a wait limit of its own.</param>
    /// <exception cref="ConnectionLostException">The peer is gone.</exception>
    /// <exception cref="MultiprocTimeoutException">The memory did not arrive in time.</exception>
    MappedMemory ReceiveMemory(long token, TimeSpan patience);

    /// <summary>Whether an abandoned request for the memory is pending: then it need not be requested again.</summary>
    bool TakeUnclaimedMemory(long token) => false;

    /// <summary>Sends the peer a duplicate of a requested descriptor; null says that it does not exist (any more).</summary>
    /// <exception cref="ConnectionLostException">The peer is gone.</exception>
    void SendDescriptor(long token, SafeDescriptor? descriptor) => throw new NotSupportedException($"Descriptors cannot be sent over this link to {Peer}.");
}

/// <summary>
/// Handles the frames of a link. Called by one thread at a time; must not block. The memory of a frame is valid during the call only.
/// </summary>
internal interface ILinkHandler
{
    /// <exception cref="SerializationException">The frame is malformed: the link is closed with this reason.</exception>
    void OnFrame(ReadOnlySpan<byte> frame);

    /// <summary>Called when all available frames are delivered: the time to do once what several frames requested.</summary>
    void OnDelivered()
    {
    }

    /// <summary>Called once, after the last frame. <paramref name="reason"/> is null when this side closed the link.</summary>
    void OnClosed(Exception? reason);

    /// <summary>
    /// Called when a requested descriptor has arrived, which the handler then owns; null if the peer no longer has it. May be called by another thread
    /// while a frame is delivered.
    /// </summary>
    void OnDescriptor(long token, SafeDescriptor? descriptor) => descriptor?.Dispose();
}
