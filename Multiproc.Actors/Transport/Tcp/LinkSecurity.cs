using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Multiproc.Transport.Tcp;

/// <summary>A stream to the other side, with the channel binding for the authentication.</summary>
internal readonly record struct SecuredStream(Stream Stream, byte[] Binding);

/// <summary>Secures a stream according to <see cref="TlsOptions"/>.</summary>
internal sealed class LinkSecurity
{
    private const SslProtocols Protocols = SslProtocols.Tls12 | SslProtocols.Tls13;

    private readonly TlsMode _mode;
    private readonly X509Certificate2? _own;
    private readonly X509Certificate2Collection? _authority;

    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="ArgumentException">A file is not a certificate or key.</exception>
    public LinkSecurity(TlsOptions options, ReadOnlySpan<byte> key)
    {
        _mode = options.Mode;
        if (_mode == TlsMode.AuthKey)
        {
            _own = KeyCertificate.For(key);
        }
        else if (_mode == TlsMode.Certificates)
        {
            _own = ReadOwn(options);
            _authority = ReadAuthority(options.AuthorityFile);
        }
    }

    public TlsMode Mode => _mode;

    /// <exception cref="AuthenticationException">The other side presents a wrong certificate, or does not use TLS.</exception>
    public SecuredStream AsListener(Stream stream)
    {
        if (_mode == TlsMode.Off)
        {
            return new SecuredStream(stream, []);
        }

        if (_own is null)
        {
            throw new ArgumentException("A server needs a certificate: use TlsOptions.FromFiles with a certificate and its key.");
        }

        bool demands = _mode == TlsMode.AuthKey || _authority is not null;
        return Secure(stream, each => each.AuthenticateAsServer(new SslServerAuthenticationOptions
        {
            ServerCertificate = _own,
            ClientCertificateRequired = demands,
            EnabledSslProtocols = Protocols,
            AllowTlsResume = false,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            RemoteCertificateValidationCallback = (_, certificate, _, errors) => !demands || Accepts(certificate, errors, checksName: false),
        }));
    }

    /// <inheritdoc cref="AsListener"/>
    public SecuredStream AsConnector(Stream stream, string host) => _mode == TlsMode.Off
        ? new SecuredStream(stream, [])
        : Secure(stream, each => each.AuthenticateAsClient(new SslClientAuthenticationOptions
        {
            TargetHost = _mode == TlsMode.AuthKey ? "multiproc" : host,
            ClientCertificates = _own is null ? null : [_own],
            LocalCertificateSelectionCallback = _own is null ? null : (_, _, _, _, _) => _own,
            EnabledSslProtocols = Protocols,
            AllowTlsResume = false,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            RemoteCertificateValidationCallback = (_, certificate, _, errors) => Accepts(certificate, errors, checksName: true),
        }));

    private static X509Certificate2? ReadOwn(TlsOptions options)
    {
        if (options.CertificateFile is not { } file)
        {
            return null;
        }

        try
        {
            using var read = X509Certificate2.CreateFromPemFile(file, options.PrivateKeyFile);

            // Some systems do not accept keys that exist in memory only.
            return OperatingSystem.IsWindows() ? X509CertificateLoader.LoadPkcs12(read.Export(X509ContentType.Pkcs12), null) : new X509Certificate2(read);
        }
        catch (CryptographicException unusable)
        {
            throw new ArgumentException(
                $"{file} and {options.PrivateKeyFile} are no certificate and its private key in PEM form: {unusable.Message}", unusable);
        }
    }

    private static X509Certificate2Collection? ReadAuthority(string? file)
    {
        if (file is null)
        {
            return null;
        }

        var authority = new X509Certificate2Collection();
        try
        {
            authority.ImportFromPemFile(file);
        }
        catch (CryptographicException unusable)
        {
            throw new ArgumentException($"{file} has no certificates in PEM form: {unusable.Message}", unusable);
        }

        return authority.Count > 0 ? authority : throw new ArgumentException($"{file} has no certificates in PEM form.");
    }

    private static SecuredStream Secure(Stream stream, Action<SslStream> handshake)
    {
        var secured = new SslStream(stream, leaveInnerStreamOpen: false);
        try
        {
            handshake(secured);
        }
        catch (Exception broken) when (broken is IOException { InnerException: null or SocketException or ObjectDisposedException } or ObjectDisposedException)
        {
            // Not a TLS alert: the connection itself ended or timed out. The caller finds out what that means.
            secured.Dispose();
            throw;
        }
        catch (Exception refused) when (refused is System.Security.Authentication.AuthenticationException or IOException or InvalidOperationException
            or CryptographicException)
        {
            throw new AuthenticationException(
                $"No TLS connection came about: the other side has another authentication key, certificate or kind of security "
                    + $"({refused.InnerException?.Message ?? refused.Message}). "
                + "Give both sides the same AuthKey and TlsOptions that fit.", refused);
        }

        return new SecuredStream(secured, BindingOf(secured));
    }

    /// <summary>The public keys of both sides, the listener's first.</summary>
    private static byte[] BindingOf(SslStream stream)
    {
        byte[] local = stream.LocalCertificate?.GetPublicKey() ?? [];
        byte[] remote = stream.RemoteCertificate?.GetPublicKey() ?? [];
        return stream.IsServer
            ? [.. SHA256.HashData(local), .. SHA256.HashData(remote)]
            : [.. SHA256.HashData(remote), .. SHA256.HashData(local)];
    }

    private bool Accepts(X509Certificate? certificate, SslPolicyErrors errors, bool checksName)
    {
        if (certificate is null)
        {
            return false;
        }

        if (_mode == TlsMode.AuthKey)
        {
            return KeyCertificate.IsSame(_own!, certificate);
        }

        using var shown = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        if (_authority is null)
        {
            return errors == SslPolicyErrors.None;
        }

        // A certificate that is listed itself is trusted, whatever its name.
        return _authority.Any(each => each.RawDataMemory.Span.SequenceEqual(shown.RawDataMemory.Span))
            || ((!checksName || !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)) && IsSigned(shown));
    }

    private bool IsSigned(X509Certificate2 shown)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authority!);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(shown);
    }
}
