using System.Security.Cryptography;
using Multiproc.Connections;

namespace Multiproc;

/// <summary>
/// Authenticates the peer of a connection by Python's challenge-response protocol, which proves knowledge of a key without sending it. <see cref="Listener"/>
/// and <see cref="Client"/> run it by themselves when they are given a key: first the listener delivers a challenge, then the client.
/// </summary>
/// <remarks>Compatible with CPython 3.8 and later, in both roles.</remarks>
public static class Authentication
{
    /// <summary>Challenges the peer to prove that it knows the key, and tells it whether the proof was accepted.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="authKey">The shared secret.</param>
    /// <param name="allowMd5">Whether to accept the HMAC-MD5 proof of CPython up to 3.11; default true.</param>
    /// <param name="cancellation">Cancels the handshake; the connection can no longer be used.</param>
    /// <exception cref="AuthenticationException">The peer does not know the key.</exception>
    /// <exception cref="IOException">The peer's response is longer than 256 bytes, or the connection broke.</exception>
    public static void DeliverChallenge(Connection connection, ReadOnlySpan<byte> authKey, bool allowMd5 = true, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(connection);
        byte[] challenge = Challenge.Create();
        connection.SendBytes<byte>(challenge, cancellation: cancellation);
        byte[] reply = connection.RecvBytes(Challenge.MaxMessage, null, cancellation);
        bool accepted = Challenge.Accepts(challenge, reply, authKey, allowMd5);
        connection.SendBytes(accepted ? Challenge.Welcome : Challenge.Failure, cancellation: cancellation);
        RequireAccepted(accepted);
    }

    /// <summary>Answers the peer's challenge, which proves that this side knows the key.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="authKey">The shared secret.</param>
    /// <param name="cancellation">Cancels the handshake; the connection can no longer be used.</param>
    /// <exception cref="AuthenticationException">The peer rejected the key, or did not send a challenge.</exception>
    /// <exception cref="IOException">A message is longer than 256 bytes, or the connection broke.</exception>
    public static void AnswerChallenge(Connection connection, ReadOnlySpan<byte> authKey, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(connection);
        byte[] challenge = connection.RecvBytes(Challenge.MaxMessage, null, cancellation);
        connection.SendBytes<byte>(Challenge.Reply(challenge, authKey), cancellation: cancellation);
        RequireWelcome(connection.RecvBytes(Challenge.MaxMessage, null, cancellation));
    }

    /// <summary>Asynchronously challenges the peer to prove that it knows the key, and tells it whether the proof was accepted.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="authKey">The shared secret.</param>
    /// <param name="allowMd5">Whether to accept the HMAC-MD5 proof of CPython up to 3.11; default true.</param>
    /// <param name="cancellation">Cancels the handshake; the connection can no longer be used.</param>
    /// <returns>A task that completes when the peer has proved that it knows the key.</returns>
    /// <exception cref="AuthenticationException">The peer does not know the key.</exception>
    /// <exception cref="IOException">The peer's response is longer than 256 bytes, or the connection broke.</exception>
    public static async ValueTask DeliverChallengeAsync(
        Connection connection, ReadOnlyMemory<byte> authKey, bool allowMd5 = true, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(connection);
        byte[] challenge = Challenge.Create();
        await connection.SendBytesAsync(challenge, cancellation: cancellation).ConfigureAwait(false);
        byte[] reply = await connection.RecvBytesAsync(Challenge.MaxMessage, null, cancellation).ConfigureAwait(false);
        bool accepted = Challenge.Accepts(challenge, reply, authKey.Span, allowMd5);
        await connection.SendBytesAsync((accepted ? Challenge.Welcome : Challenge.Failure).ToArray(), cancellation: cancellation).ConfigureAwait(false);
        RequireAccepted(accepted);
    }

    /// <summary>Asynchronously answers the peer's challenge, which proves that this side knows the key.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="authKey">The shared secret.</param>
    /// <param name="cancellation">Cancels the handshake; the connection can no longer be used.</param>
    /// <returns>A task that completes when the peer has accepted the proof.</returns>
    /// <exception cref="AuthenticationException">The peer rejected the key, or did not send a challenge.</exception>
    /// <exception cref="IOException">A message is longer than 256 bytes, or the connection broke.</exception>
    public static async ValueTask AnswerChallengeAsync(Connection connection, ReadOnlyMemory<byte> authKey, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(connection);
        byte[] challenge = await connection.RecvBytesAsync(Challenge.MaxMessage, null, cancellation).ConfigureAwait(false);
        await connection.SendBytesAsync(Challenge.Reply(challenge, authKey.Span), cancellation: cancellation).ConfigureAwait(false);
        RequireWelcome(await connection.RecvBytesAsync(Challenge.MaxMessage, null, cancellation).ConfigureAwait(false));
    }

    private static void RequireAccepted(bool accepted)
    {
        if (!accepted)
        {
            throw new AuthenticationException("The digest received was wrong: the other side does not know the authentication key.");
        }
    }

    private static void RequireWelcome(ReadOnlySpan<byte> verdict)
    {
        if (!CryptographicOperations.FixedTimeEquals(verdict, Challenge.Welcome))
        {
            throw new AuthenticationException("The digest sent was rejected: the other side has another authentication key.");
        }
    }
}
