using System.Security.Cryptography;
using Multiproc.Connections;
using Multiproc.States;

namespace Multiproc;

/// <summary>
/// Python's proof that the other end of a connection knows a key, without telling it. <see cref="Listener"/> and <see cref="Client"/> do it
/// by themselves when they are given a key: the listener delivers a challenge first, then the client.
/// </summary>
/// <remarks>Understood by CPython 3.8 and later, in both roles.</remarks>
public static class Authentication
{
    /// <summary>Asks the other end to prove that it knows the key, and tells it the verdict.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="authKey">The key.</param>
    /// <param name="allowMd5">Whether the proof of CPython up to 3.11 will do; default true.</param>
    /// <param name="cancellation">Cancels the wait; the connection can no longer be used.</param>
    /// <exception cref="AuthenticationException">It does not know the key.</exception>
    /// <exception cref="IOException">Its answer is longer than 256 bytes, or the connection broke.</exception>
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

    /// <summary>Proves to the other end that we know the key.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="authKey">The key.</param>
    /// <param name="cancellation">Cancels the wait; the connection can no longer be used.</param>
    /// <exception cref="AuthenticationException">It does not accept our key, or did not send a challenge.</exception>
    /// <exception cref="IOException">A message is longer than 256 bytes, or the connection broke.</exception>
    public static void AnswerChallenge(Connection connection, ReadOnlySpan<byte> authKey, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(connection);
        byte[] challenge = connection.RecvBytes(Challenge.MaxMessage, null, cancellation);
        connection.SendBytes<byte>(Challenge.Reply(challenge, authKey), cancellation: cancellation);
        RequireWelcome(connection.RecvBytes(Challenge.MaxMessage, null, cancellation));
    }

    /// <summary>The same as <see cref="DeliverChallenge"/>, without a blocked thread.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="authKey">The key.</param>
    /// <param name="allowMd5">Whether the proof of CPython up to 3.11 will do; default true.</param>
    /// <param name="cancellation">Cancels the wait; the connection can no longer be used.</param>
    /// <returns>A task that completes when the key was proved.</returns>
    /// <exception cref="AuthenticationException">It does not know the key.</exception>
    /// <exception cref="IOException">Its answer is longer than 256 bytes, or the connection broke.</exception>
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

    /// <summary>The same as <see cref="AnswerChallenge"/>, without a blocked thread.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="authKey">The key.</param>
    /// <param name="cancellation">Cancels the wait; the connection can no longer be used.</param>
    /// <returns>A task that completes when our proof was accepted.</returns>
    /// <exception cref="AuthenticationException">It does not accept our key, or did not send a challenge.</exception>
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
