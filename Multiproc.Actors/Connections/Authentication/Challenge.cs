using System.Security.Cryptography;
using System.Text;

namespace Multiproc.Connections;

/// <summary>
/// CPython's challenge and its responses. From 3.12 on they begin with the name of the digest in braces; up to 3.11 the challenge has 20 bytes, and every
/// response is an HMAC-MD5 without a name.
/// </summary>
internal static class Challenge
{
    public const int MaxMessage = 256;

    private const int RandomBytes = 40;
    private const int OldChallengeBytes = 20;
    private const int Md5Bytes = 16;

    public static ReadOnlySpan<byte> Mark => "#CHALLENGE#"u8;

    public static ReadOnlySpan<byte> Welcome => "#WELCOME#"u8;

    public static ReadOnlySpan<byte> Failure => "#FAILURE#"u8;

    /// <summary>Creates a new challenge with its mark.</summary>
    public static byte[] Create() => [.. Mark, .. "{sha256}"u8, .. RandomNumberGenerator.GetBytes(RandomBytes)];

    /// <summary>Whether the response proves that its sender knows the key.</summary>
    public static bool Accepts(ReadOnlySpan<byte> challenge, ReadOnlySpan<byte> reply, ReadOnlySpan<byte> key, bool allowMd5)
    {
        var message = challenge[Mark.Length..];
        if (reply.Length == Md5Bytes)
        {
            return allowMd5 && CryptographicOperations.FixedTimeEquals(reply, Digest("md5", key, message));
        }

        return Name(reply) is { } name && (allowMd5 || name != "md5") && IsKnown(name)
            && CryptographicOperations.FixedTimeEquals(reply[(name.Length + 2)..], Digest(name, key, message));
    }

    /// <summary>Computes the response to a challenge.</summary>
    /// <exception cref="AuthenticationException">The message is not a known form of challenge.</exception>
    public static byte[] Reply(ReadOnlySpan<byte> challenge, ReadOnlySpan<byte> key)
    {
        if (!challenge.StartsWith(Mark))
        {
            throw new AuthenticationException("The other side did not send a challenge: it does not ask for a key, or speaks another protocol.");
        }

        var message = challenge[Mark.Length..];
        if (message.Length == OldChallengeBytes)
        {
            return Digest("md5", key, message);
        }

        return Name(message) is { } name && IsKnown(name)
            ? [(byte)'{', .. Encoding.ASCII.GetBytes(name), (byte)'}', .. Digest(name, key, message)]
            : throw new AuthenticationException("The other side sent a challenge without a digest that is known here.");
    }

    /// <summary>The digest's name, in braces at the beginning of the message.</summary>
    private static string? Name(ReadOnlySpan<byte> message)
    {
        const int LongestName = 20;
        int end = message.IndexOf((byte)'}');
        return end is > 1 and <= LongestName && message[0] == '{' ? Encoding.ASCII.GetString(message[1..end]) : null;
    }

    private static bool IsKnown(string name) => name switch
    {
        "md5" or "sha256" or "sha384" => true,
        "sha3_256" => HMACSHA3_256.IsSupported,
        "sha3_384" => HMACSHA3_384.IsSupported,
        _ => false,
    };

    private static byte[] Digest(string name, ReadOnlySpan<byte> key, ReadOnlySpan<byte> message) => name switch
    {
        "md5" => HMACMD5.HashData(key, message),
        "sha256" => HMACSHA256.HashData(key, message),
        "sha384" => HMACSHA384.HashData(key, message),
        "sha3_256" => HMACSHA3_256.HashData(key, message),
        _ => HMACSHA3_384.HashData(key, message),
    };
}
