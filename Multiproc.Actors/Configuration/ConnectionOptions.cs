using Multiproc.States;

namespace Multiproc;

/// <summary>
/// The bounds that a process sets to those who connect to it, and to its own connecting. A time that is <see cref="Timeout.InfiniteTimeSpan"/> has no end.
/// </summary>
public sealed record ConnectionOptions
{
    private const int LargestFrame = int.MaxValue - 64;

    /// <summary>
    /// How long a unauthenticated peer has to prove that it knows the key; then it is cut off. More than zero, default 5 s. Longer suits a machine that
    /// swaps, shorter frees the places of idle unauthenticated peers sooner.
    /// </summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How many unauthenticated peers may be proving themselves at once; further ones are cut off at once. From 1, default 64.</summary>
    public int MaxUnauthenticated { get; init; } = 64;

    /// <summary>How long to try to reach the process that an object lives in. More than zero, default 10 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long to try to reach a manager of another machine again after the connection broke; then calls fail. From zero, default 10 s. Longer survives longer
    /// troubles of the network, shorter tells earlier that a manager is gone.
    /// </summary>
    public TimeSpan ReconnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a manager keeps what a process of another machine holds - locks, permits, references - after the connection to it broke; then it is given up as at
    /// death. From zero, default 15 s. Should be longer than <see cref="ReconnectTimeout"/> of the clients; shorter frees the locks of crashed machines sooner.
    /// </summary>
    public TimeSpan SessionLease { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How many bytes a frame from another machine - a command, an answer - has at most; a longer one ends its connection. From 65536, default (and most) 2147483583.
    /// Less bounds what one connection can cost in memory.
    /// </summary>
    public int MaxFrameBytes { get; init; } = LargestFrame;

    /// <summary>Frames over the socket instead of mapped rings: the only way where there is no futex.</summary>
    internal bool PlainSocket { get; init; } = !SharedMemory.Futex.IsSupported;

    internal void Validate()
    {
        WaitTimeout.RequireSomeTime(HandshakeTimeout);
        WaitTimeout.RequireSomeTime(ConnectTimeout);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxUnauthenticated);
        WaitTimeout.RequireTime(ReconnectTimeout);
        WaitTimeout.RequireTime(SessionLease);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxFrameBytes, 64 * 1024);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxFrameBytes, LargestFrame);
    }
}
