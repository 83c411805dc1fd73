using Multiproc.Serialization;

namespace Multiproc;

/// <summary>How connections over TCP are secured. Both sides of a connection must be given the same way.</summary>
/// <remarks>Whatever is chosen, both sides prove besides that they know the authentication key.</remarks>
/// <example>
/// <code>
/// using var manager = new MyManager(new ManagerAddress("0.0.0.0", 50000), authKey)
/// {
///     Tls = TlsOptions.FromFiles("server.pem", "server.key", authority: "ours.pem"),
/// };
/// </code>
/// </example>
public sealed record TlsOptions
{
    private TlsOptions(TlsMode mode) => Mode = mode;

    /// <summary>TLS with a key that both sides derive from the authentication key: nothing to set up. The default.</summary>
    public static TlsOptions FromAuthKey { get; } = new(TlsMode.AuthKey);

    /// <summary>
    /// Plain TCP: anybody on the way can read and change everything. For networks where nobody else is, and for connections that something else
    /// protects.
    /// </summary>
    public static TlsOptions Off { get; } = new(TlsMode.Off);

    /// <summary>The file of the own certificate in PEM form; null when there is none.</summary>
    public string? CertificateFile { get; private init; }

    /// <summary>The file of the own certificate's private key in PEM form; null when there is none.</summary>
    public string? PrivateKeyFile { get; private init; }

    /// <summary>The file of the certificates that the other side's is checked against, in PEM form; null when it is not checked.</summary>
    public string? AuthorityFile { get; private init; }

    internal TlsMode Mode { get; init; }

    /// <summary>TLS with certificates in files.</summary>
    /// <param name="certificate">The own certificate, PEM.</param>
    /// <param name="privateKey">Its private key, PEM.</param>
    /// <param name="authority">
    /// Certificates that the other side must be signed by, or be one of, PEM. A server that has one demands a certificate of its clients; without one it
    /// takes every client that knows the authentication key.
    /// </param>
    /// <returns>The options.</returns>
    /// <exception cref="ArgumentException">A path is empty.</exception>
    public static TlsOptions FromFiles(string certificate, string privateKey, string? authority = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(certificate);
        ArgumentException.ThrowIfNullOrEmpty(privateKey);
        return new(TlsMode.Certificates)
        {
            CertificateFile = Path.GetFullPath(certificate),
            PrivateKeyFile = Path.GetFullPath(privateKey),
            AuthorityFile = authority is null ? null : Path.GetFullPath(authority),
        };
    }

    /// <summary>TLS for a client without a certificate of its own.</summary>
    /// <param name="authority">Certificates that the server must be signed by, or be one of, PEM.</param>
    /// <returns>The options.</returns>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    public static TlsOptions Trusting(string authority)
    {
        ArgumentException.ThrowIfNullOrEmpty(authority);
        return new(TlsMode.Certificates) { AuthorityFile = Path.GetFullPath(authority) };
    }

    internal void WriteTo(WireWriter writer)
    {
        writer.Byte((byte)Mode);
        writer.String(CertificateFile ?? "");
        writer.String(PrivateKeyFile ?? "");
        writer.String(AuthorityFile ?? "");
    }

    internal static TlsOptions ReadFrom(ref WireReader reader) => new((TlsMode)reader.Byte())
    {
        CertificateFile = Some(reader.String()),
        PrivateKeyFile = Some(reader.String()),
        AuthorityFile = Some(reader.String()),
    };

    private static string? Some(string path) => path.Length == 0 ? null : path;

    /// <summary>The way in a few words.</summary>
    /// <returns>For example "TLS from the authentication key".</returns>
    public override string ToString() => Mode switch
    {
        TlsMode.Off => "plain TCP",
        TlsMode.AuthKey => "TLS from the authentication key",
        _ => $"TLS with {CertificateFile ?? "no own certificate"}",
    };
}

/// <summary>The ways to secure a connection.</summary>
internal enum TlsMode
{
    AuthKey,
    Certificates,
    Off,
}
