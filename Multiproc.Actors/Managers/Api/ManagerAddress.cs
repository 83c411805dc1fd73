using Multiproc.Transport.Tcp;

namespace Multiproc;

/// <summary>Represents the address of a manager: a host and a TCP port, or the path of a Unix socket on this machine.</summary>
/// <param name="Host">The host name or IP address; for a socket on this machine its path.</param>
/// <param name="Port">The port; 0 for a socket on this machine.</param>
public sealed record ManagerAddress(string Host, int Port)
{
    // struct sockaddr_un has room for 108 bytes; a path ends with a NUL.
    private const int LongestPath = 107;

    /// <summary>Gets whether the address is a Unix socket on this machine.</summary>
    public bool IsLocal => Port == 0 && Host.Contains('/', StringComparison.Ordinal);

    /// <summary>Creates the address of a Unix socket on this machine.</summary>
    /// <param name="path">The path of the socket.</param>
    /// <returns>The address.</returns>
    /// <exception cref="ArgumentException">The path is empty, or longer than the 107 bytes that a socket address has room for.</exception>
    public static ManagerAddress Local(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        int size = System.Text.Encoding.UTF8.GetByteCount(Path.GetFullPath(path));
        if (size > LongestPath)
        {
            throw new ArgumentException($"{path} is too long for a socket: {size} bytes, at most {LongestPath}. Use a shorter path.", nameof(path));
        }

        return new(Path.GetFullPath(path), 0);
    }

    internal static ManagerAddress Of(string endpoint) =>
        RemoteEndpoint.TryParse(endpoint) is { } remote ? new(remote.Host, remote.Port) : Local(endpoint);

    /// <summary>The form in which the address is sent with references to the manager's objects.</summary>
    internal string Endpoint(TlsOptions tls) => IsLocal ? Host : new RemoteEndpoint(tls.Mode, Host, Port).ToString();

    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrEmpty(Host);
        ArgumentOutOfRangeException.ThrowIfNegative(Port);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Port, ushort.MaxValue);
    }

    /// <summary>Formats the address as text.</summary>
    /// <returns>For example "127.0.0.1:50000".</returns>
    public override string ToString() => IsLocal ? Host : $"{Host}:{Port}";
}
