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

    /// <param name="stream">The way to the other side.</param>
    /// <param name="key">What both must know.</param>
    /// <param name="binding">What both see of the connection below, if it is secured: who stands between two such connections sees something else on each.</param>
    /// <exception cref="AuthenticationException">The other side does not know the key.</exception>
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
        catch (IOException cause)
        {
            throw new AuthenticationException($"The connection broke or was too slow during authentication ({cause.Message}).", cause);
        }
    }

    private static void Prove(Stream stream, ReadOnlySpan<byte> key, ReadOnlySpan<byte> second, ReadOnlySpan<byte> binding, Role own, Role other)
    {
        Span<byte> ownNonce = stackalloc byte[NonceBytes];
        Span<byte> otherNonce = stackalloc byte[NonceBytes];
        Span<byte> theirs = stackalloc byte[ProofBytes];
        RandomNumberGenerator.Fill(ownNonce);
        stream.Write(ownNonce);
        Read(stream, otherNonce, "sent no challenge");
        if (!second.IsEmpty)
        {
            // Who takes two keys cannot prove before it knows which of them is meant.
            Read(stream, theirs, "does not accept our key");
            if (CryptographicOperations.FixedTimeEquals(theirs, Proof(second, other, otherNonce, ownNonce, binding)))
            {
                key = second;
            }

            stream.Write(Proof(key, own, ownNonce, otherNonce, binding));
        }
        else
        {
            stream.Write(Proof(key, own, ownNonce, otherNonce, binding));
            Read(stream, theirs, "does not accept our key");
        }

        if (!CryptographicOperations.FixedTimeEquals(theirs, Proof(key, other, otherNonce, ownNonce, binding)))
        {
            throw new AuthenticationException("The other process does not know the authentication key: both must belong to one program, or be given the same AuthKey.");
        }

        // Only a verdict tells the other side that its proof was taken: without it a refused connector would learn of it much later.
        stream.WriteByte((byte)own);
        int verdict = stream.ReadByte();
        if (verdict != (byte)other)
        {
            throw new AuthenticationException("The other process does not accept our authentication key: both must belong to one program, or be given the same AuthKey.");
        }
    }

    private static byte[] Proof(ReadOnlySpan<byte> key, Role prover, ReadOnlySpan<byte> proverNonce, ReadOnlySpan<byte> verifierNonce, ReadOnlySpan<byte> binding) =>
        HMACSHA256.HashData(key, [.. "multiproc-1"u8, (byte)prover, .. proverNonce, .. verifierNonce, .. binding]);

    private static void Read(Stream stream, Span<byte> target, string otherwise)
    {
        try
        {
            stream.ReadExactly(target);
        }
        catch (EndOfStreamException cause)
        {
            throw new AuthenticationException($"The other process closed the connection during authentication: it {otherwise}.", cause);
        }
    }
}
