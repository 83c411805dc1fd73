namespace Multiproc.Transport;

/// <summary>The errors of a handshake that failed although a listener is there; each names the other process.</summary>
internal static class HandshakeFailures
{
    /// <param name="peer">For example "process 4711".</param>
    /// <param name="cause">How it was noticed.</param>
    public static ConnectionLostException Gone(string peer, Exception cause) =>
        new($"{Begin(peer)} ended, or closed the connection, while this process was connecting to it: {cause.Message}.", cause);

    public static MultiprocTimeoutException TooSlow(string peer, WaitTimeout timeout, Exception cause) =>
        new(
            $"{Begin(peer)} did not answer within {timeout} while this process was connecting to it: it is stopped, or very busy. Try again, or raise "
                + "ConnectionOptions.ConnectTimeout.",
            cause);

    private static string Begin(string peer) => string.Concat(peer[..1].ToUpperInvariant(), peer[1..]);
}
