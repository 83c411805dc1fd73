using Akka.Actor;
using Multiproc.Processes;

namespace Multiproc.Actors.Remote;

/// <summary>
/// The names of this process's children in addresses: <c>akka.mp://multiproc@Process-1:1</c> in a configuration means the child of that name that runs when an
/// actor is deployed or looked up.
/// </summary>
internal static class ProcessNames
{
    /// <summary>Replaces the name of a child by the address of the process that has it now.</summary>
    /// <exception cref="ArgumentException">No running child has the name.</exception>
    public static ActorPath Resolve(ActorPath path)
    {
        if (ProcessAddress.TryRead(path.Address, out _, out _))
        {
            return path;
        }

        var address = Find(path.Address);
        return path.Uid == ActorCell.UndefinedUid
            ? new RootActorPath(address) / path.Elements
            : (new RootActorPath(address) / path.Elements).WithUid(path.Uid);
    }

    private static Address Find(Address address)
    {
        // Akka lowers the case of hosts in some places.
        var child = Children.Current.Snapshot().FirstOrDefault(child => string.Equals(child.Name, address.Host, StringComparison.OrdinalIgnoreCase));
        return child is null
            ? throw new ArgumentException($"{address} names no running child of this process: start a process of the name {address.Host} first.")
            : ProcessAddress.Of(child.NodeForActors());
    }
}
