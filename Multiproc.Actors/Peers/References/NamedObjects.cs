using System.Collections.Concurrent;
using Multiproc.Nodes;
using Multiproc.Serialization;
using Multiproc.States;
using Multiproc.Transport.Tcp;

namespace Multiproc.Peers.References;

/// <summary>
/// Finds the way of this process to objects that are known by names: its own space of names, or that of the process which started it, and so on. What was found
/// is remembered.
/// </summary>
internal sealed class NamedObjects(Node node)
{
    private const int MostKnown = 10_000;

    private readonly Lock _gate = new();
    private readonly List<(string Space, Func<NamedReference, long?> Find)> _spaces = [];
    private readonly ConcurrentDictionary<NamedReference, (NodeAddress Node, long Id)> _known = new();
    private NodeObject? _directory;

    /// <summary>The object of this node that other processes ask: see <see cref="NameDirectory"/>.</summary>
    public NodeObject Directory => LazyInitializer.EnsureInitialized(
        ref _directory, () => new NodeObject(NameDirectory.Type, new NameDirectory(node, this), Cell: null));

    /// <summary>Adds a space of names to this process.</summary>
    /// <param name="space">What the references of the space say.</param>
    /// <param name="find">Gives an object of this node that relays to the object; null when it no longer can. Never waits.</param>
    /// <returns>Takes the space away.</returns>
    public IDisposable Add(string space, Func<NamedReference, long?> find)
    {
        var added = (space, find);
        lock (_gate)
        {
            _spaces.Add(added);
        }

        return new Removal(() =>
        {
            lock (_gate)
            {
                _spaces.Remove(added);
            }
        });
    }

    /// <summary>Finds an object in the spaces of this process. Never waits.</summary>
    public long? FindHere(NamedReference reference)
    {
        (string Space, Func<NamedReference, long?> Find)[] all;
        lock (_gate)
        {
            all = [.. _spaces];
        }

        // The one that was added last: earlier ones may have been left.
        return all.Reverse().Where(each => each.Space == reference.Space).Select(each => each.Find(reference)).FirstOrDefault(static id => id is not null);
    }

    /// <summary>Makes a handle of an object that was sent to this process.</summary>
    /// <param name="reference">What it is known by.</param>
    /// <param name="sent">The way that the sender has, if it said so: of use to processes that have none of their own.</param>
    /// <exception cref="NotInClusterException">There is no way from this process.</exception>
    /// <exception cref="ConnectionLostException">The process that started this one has ended.</exception>
    public ObjectHandle Resolve(NamedReference reference, (NodeAddress Node, long Id)? sent)
    {
        if (FindHere(reference) is { } own)
        {
            return ObjectHandle.ToRelay(node, own, reference);
        }

        if (sent is not { } way || way.Node.Id != node.Parent?.Address?.Id)
        {
            sent = AskParent(reference) ?? (sent is { } direct && CanBeReached(direct.Node) ? sent : null);
        }

        var (at, id) = sent ?? throw new NotInClusterException(
            $"'{reference.Name}' is an object of a cluster, and this process has no way to it: join the cluster by Mp.Cluster first, or receive it in a child "
            + "of a process that has joined.");
        return ObjectHandle.ToRelay(node, at, id, reference);
    }

    /// <summary>Whether a node that is none of this process's ancestors may be reached: one of this machine, or one that listens for other machines.</summary>
    private bool CanBeReached(NodeAddress other) =>
        node.IsSelf(other) || node.Peers.Known(other) is not null || RemoteEndpoint.TryParse(other.Endpoint) is not null || File.Exists(other.Endpoint);

    private (NodeAddress Node, long Id)? AskParent(NamedReference reference)
    {
        if (node.Parent?.Address is not { } parent)
        {
            return null;
        }

        if (_known.TryGetValue(reference, out var known))
        {
            return known;
        }

        var reply = new ObjectHandle(node, parent, NameDirectory.Number, MemoryAddress.None).Ask(new NameDirectory.Find(reference), CancellationToken.None);
        if (reply.Status != ReplyStatus.Ok)
        {
            return null;
        }

        var reader = new WireReader(reply.Value.Bytes.Span);
        var found = (NodeAddress.ReadFrom(ref reader), reply.Number);
        if (_known.Count >= MostKnown)
        {
            _known.Clear();
        }

        return _known[reference] = found;
    }

    private sealed class Removal(Action remove) : IDisposable
    {
        public void Dispose() => remove();
    }
}
