using Multiproc.Nodes;

namespace Multiproc.Managers;

/// <summary>Where a manager listens, with which key, and how connections of other machines are secured.</summary>
internal sealed record ManagerPlace(ManagerAddress? Address, byte[]? AuthKey, TlsOptions Tls)
{
    /// <exception cref="IOException">The address cannot be listened at, or a file of the TLS options cannot be read.</exception>
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
