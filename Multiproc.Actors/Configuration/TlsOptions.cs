using Multiproc.Serialization;

namespace Multiproc;

/// <summary>Selects how TCP connections are secured. Both sides of a connection must use the same mode.</summary>
/// <remarks>In every mode both sides also prove that they know the authentication key.</remarks>
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

    /// <summary>Uses TLS with a key that both sides derive from the authentication key, without further setup. The default.</summary>
    public static TlsOptions FromAuthKey { get; } = new(TlsMode.AuthKey);

    /// <summary>
    /// Uses plain TCP: anybody on the network path can read and change everything. For isolated networks, and for connections that are protected
    /// otherwise, such as by a tunnel.
    /// </summary>
    public static TlsOptions Off { get; } = new(TlsMode.Off);

    /// <summary>The PEM file of this side's certificate; null when there is none.</summary>
    public string? CertificateFile { get; private init; }

    /// <summary>The PEM file of the private key of this side's certificate; null when there is none.</summary>
    public string? PrivateKeyFile { get; private init; }

    /// <summary>The PEM file of the certificates that the other side's certificate is checked against; null when it is not checked.</summary>
    public string? AuthorityFile { get; private init; }

    internal TlsMode Mode { get; init; }

    /// <summary>Uses TLS with certificates from files.</summary>
    /// <param name="certificate">The PEM file of this side's certificate.</param>
    /// <param name="privateKey">The PEM file of its private key.</param>
    /// <param name="authority">
    /// A PEM file of certificates: the other side's certificate must be one of them or be signed by one. A server that has an authority demands a
    /// certificate of its clients; without one it accepts every client that knows the authentication key.
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

    /// <summary>Uses TLS for a client without a certificate of its own.</summary>
    /// <param name="authority">A PEM file of certificates: the server's certificate must be one of them or be signed by one.</param>
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

    /// <summary>Describes the mode.</summary>
    /// <returns>For example "TLS from the authentication key".</returns>
    public override string ToString() => Mode switch
    {
        TlsMode.Off => "plain TCP",
        TlsMode.AuthKey => "TLS from the authentication key",
        _ => $"TLS with {CertificateFile ?? "no own certificate"}",
    };
}

/// <summary>The modes of securing a connection.</summary>
internal enum TlsMode
{
    AuthKey,
    Certificates,
    Off,
}
