using System.Net.Sockets;
using System.Security.Cryptography;

namespace Multiproc.Transport;

/// <summary>
/// Both sides of a link prove that they know the key, and neither tells it: each sends a nonce, and answers the other's with
/// an HMAC-SHA256 over both nonces and its own role. So nothing that was recorded or reflected can be played back.
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

    /// <summary>Tells a connector, in place of a challenge, that too many others are proving themselves. No nonce is all zeroes.</summary>
    public static ReadOnlySpan<byte> Busy => new byte[NonceBytes];

    /// <param name="stream">The way to the other side.</param>
    /// <param name="key">What both must know.</param>
    /// <param name="binding">What both see of the connection below, if it is secured: who stands between two such connections sees something else on each.</param>
    /// <exception cref="AuthenticationException">The other side does not know the key, or admits nobody now.</exception>
    /// <exception cref="ConnectionLostException">The other side closed the connection. That is no verdict on the key: each side finds a wrong key by itself.</exception>
    /// <exception cref="MultiprocTimeoutException">The other side said nothing within the time that the stream allows.</exception>
    public static void AsListener(Stream stream, ReadOnlySpan<byte> key, ReadOnlySpan<byte> binding = default) =>
        Run(stream, key, default, binding, Role.Listener, Role.Connector);

    /// <summary>Takes either of two keys: the connector says by its proof which it has, and is proved the same one.</summary>
    /// <param name="stream">The way to the other side.</param>
    /// <param name="key">What both must know.</param>
    /// <param name="other">Or this.</param>
    /// <exception cref="AuthenticationException">The other side does not know either key.</exception>
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
                SocketException or ObjectDisposedException => new ConnectionLostException($"the connection broke during authentication ({broken.Message})", broken),

                // Not the connection, but what secures it: the other side has ended the handshake of TLS with an alert.
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
            throw new AuthenticationException("The other process admits nobody now: too many others are proving themselves to it (ConnectionOptions.MaxUnauthenticated). Try again.");
        }

        if (!second.IsEmpty)
        {
            // Who takes two keys cannot prove before it knows which of them is meant.
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
            throw new AuthenticationException("The other process does not know the authentication key: both must belong to one program, or be given the same AuthKey.");
        }

        // Only a verdict tells the other side that its proof was taken: without it a refused connector would learn of it much later.
        stream.WriteByte((byte)own);
        switch (stream.ReadByte())
        {
            case var verdict when verdict == (byte)other:
                return;
            case < 0:
                throw new EndOfStreamException();
            default:
                throw new AuthenticationException("The other process does not accept our authentication key: both must belong to one program, or be given the same AuthKey.");
        }
    }

    private static void SendChallenge(Stream stream, ReadOnlySpan<byte> nonce)
    {
        try
        {
            stream.Write(nonce);
        }
        catch (IOException closed) when (closed.InnerException is SocketException { SocketErrorCode: SocketError.Shutdown or SocketError.ConnectionReset or SocketError.ConnectionAborted })
        {
            // The other side has closed the connection. What it said before that, or that it said nothing, is found by reading.
        }
    }

    private static byte[] Proof(ReadOnlySpan<byte> key, Role prover, ReadOnlySpan<byte> proverNonce, ReadOnlySpan<byte> verifierNonce, ReadOnlySpan<byte> binding) =>
        HMACSHA256.HashData(key, [.. "multiproc-1"u8, (byte)prover, .. proverNonce, .. verifierNonce, .. binding]);
}
