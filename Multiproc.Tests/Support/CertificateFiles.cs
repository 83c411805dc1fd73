using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Multiproc.Tests.Support;

/// <summary>An authority, and a certificate of it for 127.0.0.1 and 127.0.0.2, as PEM files.</summary>
internal sealed record CertificateFiles(string Authority, string Certificate, string PrivateKey)
{
    private static readonly Lazy<CertificateFiles> s_shared = new(Make);

    public static CertificateFiles Shared => s_shared.Value;

    public TlsOptions Options => TlsOptions.FromFiles(Certificate, PrivateKey, Authority);

    public static CertificateFiles Make()
    {
        var folder = Directory.CreateTempSubdirectory("multiproc-tls-");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Delete(recursive: true);
        var from = TimeProvider.System.GetUtcNow().AddDays(-1);
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authorityRequest = new CertificateRequest("CN=test authority", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var authority = authorityRequest.CreateSelfSigned(from, from.AddDays(30));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Parse("127.0.0.1"));
        names.AddIpAddress(IPAddress.Parse("127.0.0.2"));
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(authority, from, from.AddDays(20), RandomNumberGenerator.GetBytes(8));
        return new CertificateFiles(
            Write("authority.pem", authority.ExportCertificatePem()),
            Write("certificate.pem", certificate.ExportCertificatePem()),
            Write("private.pem", key.ExportPkcs8PrivateKeyPem()));

        string Write(string name, string text)
        {
            string path = Path.Combine(folder.FullName, name);
            File.WriteAllText(path, text);
            return path;
        }
    }
}
