using System.Net.Sockets;
using System.Security.Cryptography;

namespace Multiproc.Transport;

/// <summary>
/// Mutual authentication of the sides of a link by a key, without sending it: each side sends a nonce, and answers that of the other with
/// an HMAC-SHA256 over both nonces and its own role. So neither replay nor reflection attacks work.
/// </summary>
internal static class LinkAuthentication
{
    private const int NonceBytes = 32;
    private const int ProofBytes = 32;

    private enum Role : byte
    {
        Listener = 1,
        Connector = 2,
    }

    /// <summary>Sent instead of a challenge if too many other handshakes are in progress. A nonce is never all zeroes.</summary>
    public static ReadOnlySpan<byte> Busy => new byte[NonceBytes];

    /// <param name="stream">The stream to the other side.</param>
    /// <param name="key">The key that both sides must know.</param>
    /// <param name="binding">
    /// The channel binding: data of a secured connection that both sides see, and that differs on the two connections of a man in the middle.
    /// </param>
    /// <exception cref="AuthenticationException">The other side does not know the key, or is too busy to admit peers.</exception>
    /// <exception cref="ConnectionLostException">
    /// The other side closed the connection. That says nothing about the key: each side detects a wrong key by itself.
    /// </exception>
    /// <exception cref="MultiprocTimeoutException">The other side sent nothing within the timeout of the stream.</exception>
    public static void AsListener(Stream stream, ReadOnlySpan<byte> key, ReadOnlySpan<byte> binding = default) =>
        Run(stream, key, default, binding, Role.Listener, Role.Connector);

    /// <summary>Accepts either of two keys: the connector's proof tells which one it has, and the listener proves the same one.</summary>
    /// <param name="stream">The stream to the other side.</param>
    /// <param name="key">The key that both sides must know.</param>
    /// <param name="other">The alternative key.</param>
    /// <exception cref="AuthenticationException">The other side knows neither key.</exception>
    public static void AsListenerWithEither(Stream stream, ReadOnlySpan<byte> key, ReadOnlySpan<byte> other) =>
        Run(stream, key, other, default, Role.Listener, Role.Connector);

    /// <inheritdoc cref="AsListener"/>
    public static void AsConnector(Stream stream, ReadOnlySpan<byte> key, ReadOnlySpan<byte> binding = default) =>
        Run(stream, key, default, binding, Role.Connector, Role.Listener);

    private static void Run(Stream stream, ReadOnlySpan<byte> key, ReadOnlySpan<byte> second, ReadOnlySpan<byte> binding, Role own, Role other)
    {
        try
        {
            Prove(stream, key, second, binding, own, other);
        }
        catch (EndOfStreamException end)
        {
            throw new ConnectionLostException("it closed the connection during authentication", end);
        }
        catch (IOException broken)
        {
            throw broken.InnerException switch
            {
                SocketException { SocketErrorCode: SocketError.TimedOut or SocketError.WouldBlock } =>
                    new MultiprocTimeoutException("it was too slow during authentication: it is stopped, or very busy", broken),
                SocketException or ObjectDisposedException =>
                    new ConnectionLostException($"the connection broke during authentication ({broken.Message})", broken),

                // Not the connection failed but TLS: the other side ended the handshake with an alert.
                _ => new AuthenticationException($"The other side refused the connection during authentication ({broken.Message}).", broken),
            };
        }
    }

    private static void Prove(Stream stream, ReadOnlySpan<byte> key, ReadOnlySpan<byte> second, ReadOnlySpan<byte> binding, Role own, Role other)
    {
        Span<byte> ownNonce = stackalloc byte[NonceBytes];
        Span<byte> otherNonce = stackalloc byte[NonceBytes];
        Span<byte> theirs = stackalloc byte[ProofBytes];
        RandomNumberGenerator.Fill(ownNonce);
        SendChallenge(stream, ownNonce);
        stream.ReadExactly(otherNonce);
        if (otherNonce.SequenceEqual(Busy))
        {
            throw new AuthenticationException(
                "The other process is too busy to authenticate: too many handshakes are in progress (ConnectionOptions.MaxUnauthenticated). Try again.");
        }

        if (!second.IsEmpty)
        {
            // A side with two keys cannot prove before it knows which of them is meant.
            stream.ReadExactly(theirs);
            if (CryptographicOperations.FixedTimeEquals(theirs, Proof(second, other, otherNonce, ownNonce, binding)))
            {
                key = second;
            }

            stream.Write(Proof(key, own, ownNonce, otherNonce, binding));
        }
        else
        {
            stream.Write(Proof(key, own, ownNonce, otherNonce, binding));
            stream.ReadExactly(theirs);
        }

        if (!CryptographicOperations.FixedTimeEquals(theirs, Proof(key, other, otherNonce, ownNonce, binding)))
        {
            throw new AuthenticationException(
                "The other process does not know the authentication key: both must belong to one program, or be given the same AuthKey.");
        }

        // Only a verdict tells the other side that its proof was accepted: without it a rejected connector would learn of it much later.
        stream.WriteByte((byte)own);
        switch (stream.ReadByte())
        {
            case var verdict when verdict == (byte)other:
                return;
            case < 0:
                throw new EndOfStreamException();
            default:
                throw new AuthenticationException(
                    "The other process does not accept our authentication key: both must belong to one program, or be given the same AuthKey.");
        }
    }

    private static void SendChallenge(Stream stream, ReadOnlySpan<byte> nonce)
    {
        try
        {
            stream.Write(nonce);
        }
        catch (IOException closed) when (
            closed.InnerException is SocketException { SocketErrorCode: SocketError.Shutdown or SocketError.ConnectionReset or SocketError.ConnectionAborted })
        {
            // The other side has closed the connection. Reading tells what it sent before that, if anything.
        }
    }

    private static byte[] Proof(
        ReadOnlySpan<byte> key, Role prover, ReadOnlySpan<byte> proverNonce, ReadOnlySpan<byte> verifierNonce, ReadOnlySpan<byte> binding) =>
        HMACSHA256.HashData(key, [.. "multiproc-1"u8, (byte)prover, .. proverNonce, .. verifierNonce, .. binding]);
}
