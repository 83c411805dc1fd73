namespace Multiproc;

/// <summary>The bounds that a process sets to those who connect to it, and to its own connecting.</summary>
public sealed record ConnectionOptions
{
    /// <summary>
    /// How long a stranger has to prove that it knows the key; then it is cut off. More than zero, default 5 s. Longer suits a machine that
    /// swaps, shorter frees the places of idle strangers sooner.
    /// </summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How many strangers may be proving themselves at once; further ones are cut off at once. From 1, default 64.</summary>
    public int MaxUnauthenticated { get; init; } = 64;

    /// <summary>How long to try to reach the process that an object lives in. More than zero, default 10 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Frames over the socket instead of mapped rings: the only way where there is no futex.</summary>
    internal bool PlainSocket { get; init; } = !SharedMemory.Futex.IsSupported;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(HandshakeTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ConnectTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxUnauthenticated);
    }
}
