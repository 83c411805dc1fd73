namespace Multiproc;

/// <summary>
/// Sets limits for connections between processes, incoming and outgoing. A time of <see cref="Timeout.InfiniteTimeSpan"/> means no limit.
/// </summary>
public sealed record ConnectionOptions
{
    private const int LargestFrame = int.MaxValue - 64;

    /// <summary>
    /// How long an unauthenticated peer has to prove that it knows the key; then it is disconnected. More than zero, default 5 s. A longer time suits a
    /// machine that swaps; a shorter one disconnects idle unauthenticated peers sooner.
    /// </summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How many peers may be authenticating at the same time; further ones are disconnected immediately. From 1, default 64.</summary>
    public int MaxUnauthenticated { get; init; } = 64;

    /// <summary>How long to try to connect to the process that an object lives in. More than zero, default 10 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long to try to reconnect to a manager on another machine after the connection broke; then calls fail. From zero, default 10 s. A longer time
    /// survives longer network outages; a shorter one reports earlier that a manager is gone.
    /// </summary>
    public TimeSpan ReconnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a manager keeps the locks, permits and references of a process on another machine after the connection to it broke; then they are released
    /// as if the process had died. From zero, default 15 s. Should be longer than <see cref="ReconnectTimeout"/> of the clients; a shorter time releases the
    /// locks of crashed machines sooner.
    /// </summary>
    public TimeSpan SessionLease { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// The maximum size, in bytes, of a frame (a command or a reply) from another machine; a larger one closes its connection. From 65536; the default is the
    /// maximum, 2147483583. A smaller value limits how much memory one connection can cost.
    /// </summary>
    public int MaxFrameBytes { get; init; } = LargestFrame;

    /// <summary>Sends frames over the socket instead of through mapped rings: the only way where there is no futex.</summary>
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
