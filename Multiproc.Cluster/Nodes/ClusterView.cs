using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Cluster;

namespace Multiproc.Cluster.Nodes;

/// <summary>A change of the members, as entities of a node hear it.</summary>
internal sealed record MemberChange(string Node, bool IsGone);

/// <summary>The members of the cluster and those that were removed, as this node knows them. Names are of incarnations: none comes twice.</summary>
internal sealed class ClusterView
{
    private const int MostRemoved = 10_000;

    private readonly Lock _gate = new();
    private readonly HashSet<string> _members = [];
    private readonly HashSet<string> _removed = [];

    /// <summary>Objects whose journals this node found that it cannot read, with the reasons.</summary>
    public ConcurrentDictionary<string, string> Unreadable { get; } = new();

    /// <summary>The entities that are loaded in this node, by their names.</summary>
    public ConcurrentDictionary<string, IActorRef> Entities { get; } = new();

    public static string HostAndPort(Address address) => $"{address.Host}:{address.Port}";

    /// <summary>The host and port of an incarnation; empty for no name.</summary>
    public static string HostAndPort(string name) => name[(name.IndexOf('@', StringComparison.Ordinal) + 1)..].Split('#')[0];

    public static string NameOf(UniqueAddress address) => $"{address.Address}#{address.Uid}";

    public string[] Members
    {
        get
        {
            lock (_gate)
            {
                return [.. _members];
            }
        }
    }

    public HashSet<string> Removed
    {
        get
        {
            lock (_gate)
            {
                return [.. _removed];
            }
        }
    }

    /// <summary>Notes a member; returns the change, or null if it was known.</summary>
    public MemberChange? Add(UniqueAddress address)
    {
        string name = NameOf(address);
        lock (_gate)
        {
            return !_removed.Contains(name) && _members.Add(name) ? new MemberChange(name, IsGone: false) : null;
        }
    }

    public MemberChange? Remove(UniqueAddress address)
    {
        string name = NameOf(address);
        lock (_gate)
        {
            _members.Remove(name);
            if (_removed.Count >= MostRemoved)
            {
                _removed.Clear();
            }

            return _removed.Add(name) ? new MemberChange(name, IsGone: true) : null;
        }
    }
}
