namespace Multiproc.Transport.UnixSocket;

/// <summary>The bounds of a listener.</summary>
internal sealed record UnixListenerOptions
{
    /// <summary>How long a stranger has to prove itself; then it is cut off.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How many strangers may be proving themselves at once; further ones are cut off at once.</summary>
    public int MaxUnauthenticated { get; init; } = 64;

    /// <summary>Frames over the socket instead of mapped rings: the only way where there is no futex.</summary>
    public bool PlainSocket { get; init; } = !SharedMemory.Futex.IsSupported;
}
