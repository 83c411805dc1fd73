using System.Collections.Concurrent;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Multiproc.Transport.Tcp;

/// <summary>
/// A certificate whose key pair is derived from the authentication key: both sides derive the same pair, present it, and accept no other. So a man in the
/// middle who does not know the authentication key is detected before any data is sent.
/// </summary>
/// <remarks>
/// A connecting peer sees the public key, and could test guesses of the authentication key offline; so each derivation is made slow. A random key of 16 bytes
/// or more is beyond guessing.
/// </remarks>
internal static class KeyCertificate
{
    private const int Rounds = 100_000;
    private const int SeedBytes = 48;

    // Only tests connect with many keys; a program has one or two.
    private const int Remembered = 16;

    private static readonly ConcurrentDictionary<string, X509Certificate2> s_made = new();

    /// <summary>The order of the curve P-256.</summary>
    private static readonly BigInteger s_order = BigInteger.Parse(
        "0FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551", System.Globalization.NumberStyles.HexNumber,
        System.Globalization.CultureInfo.InvariantCulture);

    public static X509Certificate2 For(ReadOnlySpan<byte> authKey)
    {
        string name = Convert.ToHexString(SHA256.HashData(authKey));
        if (s_made.TryGetValue(name, out var known))
        {
            return known;
        }

        if (s_made.Count >= Remembered)
        {
            s_made.Clear();
        }

        return s_made[name] = Make(authKey);
    }

    /// <summary>Whether a certificate has the same public key.</summary>
    public static bool IsSame(X509Certificate2 own, X509Certificate? other) =>
        other is not null && CryptographicOperations.FixedTimeEquals(own.GetPublicKey(), other.GetPublicKey());

    private static X509Certificate2 Make(ReadOnlySpan<byte> authKey)
    {
        byte[] seed = Rfc2898DeriveBytes.Pbkdf2(authKey, "multiproc-tls-1"u8, Rounds, HashAlgorithmName.SHA256, SeedBytes);
        var number = (new BigInteger(seed, isUnsigned: true, isBigEndian: true) % (s_order - 1)) + 1;
        byte[] secret = new byte[32];
        byte[] digits = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        digits.CopyTo(secret, secret.Length - digits.Length);
        using var pair = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = secret });
        CryptographicOperations.ZeroMemory(seed);
        CryptographicOperations.ZeroMemory(secret);
        var request = new CertificateRequest("CN=multiproc", pair, HashAlgorithmName.SHA256);

        // The validity period is not checked: only the key counts.
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
    }
}
