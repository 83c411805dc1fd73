using System.Globalization;
using Akka.Actor;
using Multiproc.Nodes;

namespace Multiproc.Actors.Remote;

/// <summary>
/// The addresses of actor systems that are reached over links: <c>akka.mp://multiproc@4711.0123…:1</c>. The host is the process id and the id of the process's
/// node, so an address names one incarnation of a process, and is never used again. A host without a dot is the name of a child of this process.
/// </summary>
internal static class ProcessAddress
{
    /// <summary>The scheme of the transport, to which Akka puts its own name in front.</summary>
    public const string Scheme = "mp";

    public const string Protocol = "akka." + Scheme;

    /// <summary>Akka wants a port, and a process has one actor system.</summary>
    public const int Port = 1;

    private const int IdLength = 32;

    public static string HostOf(Guid node, int pid) => string.Create(CultureInfo.InvariantCulture, $"{pid}.{node:N}");

    /// <remarks>The same name for all actor systems, whatever the program calls its own: a process is known before its system has started.</remarks>
    public static Address Of(NodeAddress node) => new(Protocol, ActorConfig.SystemName, HostOf(node.Id, node.Pid), Port);

    /// <summary>Whether actors at the address are reached over links.</summary>
    public static bool IsOurs(Address address) => address.Protocol == Protocol;

    /// <summary>Reads the process out of an address; false for the name of a child.</summary>
    public static bool TryRead(Address address, out Guid node, out int pid)
    {
        node = default;
        pid = 0;
        var host = address.Host.AsSpan();
        int dot = host.IndexOf('.');
        return dot > 0 && host.Length == dot + 1 + IdLength
            && int.TryParse(host[..dot], NumberStyles.None, CultureInfo.InvariantCulture, out pid)
            && Guid.TryParseExact(host[(dot + 1)..], "N", out node);
    }
}
