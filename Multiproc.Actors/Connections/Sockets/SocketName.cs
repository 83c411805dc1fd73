using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Multiproc.Transport.Linux;

namespace Multiproc.Connections;

/// <summary>An address in the form of the system, and in that of users: "host:port", a path, or a Linux abstract name after a NUL.</summary>
internal sealed record SocketName(int Family, byte[] Bytes, string Text)
{
    private const int FamilyBytes = 2;

    // struct sockaddr_un has room for 108 bytes; a path ends with a NUL.
    private const int LongestName = 107;

    /// <summary>The file of a path; null for other addresses.</summary>
    public string? File => Family == SocketCalls.UnixFamily && Text.Length > 0 && Text[0] != '\0' ? Text : null;

    public bool IsTcp => Family is SocketCalls.InternetFamily or SocketCalls.Internet6Family;

    /// <summary>Resolves an address to its candidates, the likeliest first.</summary>
    /// <exception cref="ArgumentException">The address is not valid on this operating system.</exception>
    /// <exception cref="IOException">The host is unknown.</exception>
    public static IReadOnlyList<SocketName> Find(string address)
    {
        ArgumentException.ThrowIfNullOrEmpty(address);
        if (address.StartsWith(@"\\", StringComparison.Ordinal))
        {
            throw new ArgumentException($"{address} is the name of a Windows pipe: there are none on this system.", nameof(address));
        }

        int colon = address.LastIndexOf(':');
        bool mayHavePort = address[0] != '\0' && colon >= 0 && !address.Contains('/', StringComparison.Ordinal);
        bool isHostAndPort = mayHavePort && ushort.TryParse(address.AsSpan(colon + 1), out _);
        if (mayHavePort && !isHostAndPort && colon + 1 < address.Length && !address.AsSpan(colon + 1).ContainsAnyExceptInRange('0', '9'))
        {
            throw new ArgumentException(
                $"{address} has no port: one is 0 to {ushort.MaxValue}. A socket in a file of this name is ./{address}.", nameof(address));
        }

        return isHostAndPort
            ? Find(address[..colon].Trim('[', ']'), ushort.Parse(address.AsSpan(colon + 1)))
            : [OfUnix(address)];
    }

    /// <exception cref="IOException">The host is unknown.</exception>
    public static IReadOnlyList<SocketName> Find(string host, int port)
    {
        if (host.Length == 0 || host == "*")
        {
            return [Of(new IPEndPoint(IPAddress.Any, port))];
        }

        if (IPAddress.TryParse(host, out var address))
        {
            return [Of(new IPEndPoint(address, port))];
        }

        try
        {
            // CPython listens at IPv4 addresses: for a host with both kinds, IPv4 is tried first.
            return [.. Dns.GetHostAddresses(host).OrderBy(each => each.AddressFamily).Select(each => Of(new IPEndPoint(each, port)))];
        }
        catch (SocketException unknown)
        {
            throw new IOException($"The host {host} is not known: {unknown.Message}", unknown);
        }
    }

    public static SocketName Of(IPEndPoint endpoint)
    {
        var serialized = endpoint.Serialize();
        return new SocketName(
            endpoint.AddressFamily == AddressFamily.InterNetworkV6 ? SocketCalls.Internet6Family : SocketCalls.InternetFamily,
            serialized.Buffer[..serialized.Size].ToArray(),
            endpoint.ToString());
    }

    public static SocketName OfWindowsPipe(string name) => new(0, [], name);

    /// <summary>Decodes an address reported by the kernel, for example that of a peer; an unnamed Unix socket is "".</summary>
    public static SocketName Read(ReadOnlySpan<byte> bytes)
    {
        int family = bytes.Length < FamilyBytes ? SocketCalls.UnixFamily : MemoryMarshal.Read<ushort>(bytes);
        if (family == SocketCalls.UnixFamily)
        {
            string name = Encoding.UTF8.GetString(bytes[Math.Min(bytes.Length, FamilyBytes)..]);
            return new SocketName(family, bytes.ToArray(), name.Length > 0 && name[0] != '\0' ? name.TrimEnd('\0') : name);
        }

        var address = new SocketAddress(family == SocketCalls.Internet6Family ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork);
        bytes[..Math.Min(bytes.Length, address.Size)].CopyTo(address.Buffer.Span);
        return Of((IPEndPoint)new IPEndPoint(family == SocketCalls.Internet6Family ? IPAddress.IPv6Any : IPAddress.Any, 0).Create(address));
    }

    private static SocketName OfUnix(string path)
    {
        int size = Encoding.UTF8.GetByteCount(path);
        if (size > LongestName)
        {
            throw new ArgumentException($"{path.TrimStart('\0')} is too long for a Unix socket: {size} bytes, at most {LongestName}.", nameof(path));
        }

        byte[] bytes = new byte[FamilyBytes + size + (path[0] == '\0' ? 0 : 1)];
        MemoryMarshal.Write(bytes, (ushort)SocketCalls.UnixFamily);
        Encoding.UTF8.GetBytes(path, bytes.AsSpan(FamilyBytes));
        return new SocketName(SocketCalls.UnixFamily, bytes, path);
    }

    public override string ToString() => Text.Replace('\0', '@');
}
