using Multiproc.Nodes;

namespace Multiproc.Managers;

/// <summary>The address at which a manager listens, its key, and how TCP connections are secured.</summary>
internal sealed record ManagerPlace(ManagerAddress? Address, byte[]? AuthKey, TlsOptions Tls)
{
    /// <exception cref="IOException">Listening at the address failed, or a file of the TLS options cannot be read.</exception>
    public void Open(Node node)
    {
        if (Address is { IsLocal: true })
        {
            node.ListenAt(Address.Host);
        }
        else if (Address is not null)
        {
            node.ListenAt(Address.Host, Address.Port, ProcessKey.Current.Bytes, Tls);
        }
    }
}
