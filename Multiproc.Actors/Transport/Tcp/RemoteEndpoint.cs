namespace Multiproc.Transport.Tcp;

/// <summary>
/// The endpoint of a process on another machine, in the form used in the address of a node: TLS mode, host and port. The path of a Unix socket never
/// has this form.
/// </summary>
internal sealed record RemoteEndpoint(TlsMode Mode, string Host, int Port)
{
    private static readonly (string Scheme, TlsMode Mode)[] s_schemes =
    [
        ("tls-key://", TlsMode.AuthKey), ("tls://", TlsMode.Certificates), ("tcp://", TlsMode.Off),
    ];

    public static RemoteEndpoint? TryParse(string text)
    {
        foreach (var (scheme, mode) in s_schemes)
        {
            int colon = text.LastIndexOf(':');
            if (text.StartsWith(scheme, StringComparison.Ordinal) && colon > scheme.Length && ushort.TryParse(text.AsSpan(colon + 1), out ushort port))
            {
                return new RemoteEndpoint(mode, text[scheme.Length..colon].Trim('[', ']'), port);
            }
        }

        return null;
    }

    public override string ToString()
    {
        string scheme = Array.Find(s_schemes, each => each.Mode == Mode).Scheme;
        return Host.Contains(':', StringComparison.Ordinal) ? $"{scheme}[{Host}]:{Port}" : $"{scheme}{Host}:{Port}";
    }
}
