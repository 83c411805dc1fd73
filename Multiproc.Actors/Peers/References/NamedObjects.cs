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
    private readonly List<INameSpace> _spaces = [];
    private readonly ConcurrentDictionary<(Guid? Node, string Space), LossWatch> _watches = new();
    private readonly ConcurrentDictionary<NamedReference, (NodeAddress Node, long Id)> _known = new();
    private NodeObject? _directory;

    /// <summary>The object of this node that other processes ask: see <see cref="NameDirectory"/>.</summary>
    public NodeObject Directory => LazyInitializer.EnsureInitialized(
        ref _directory, () => new NodeObject(NameDirectory.Type, new NameDirectory(node, this), Cell: null));

    /// <summary>Adds a space of names to this process.</summary>
    public void Add(INameSpace space)
    {
        lock (_gate)
        {
            _spaces.Insert(0, space);
        }
    }

    /// <summary>Takes a space away. Whatever this process holds there may be lost, and whoever watches is told before this returns.</summary>
    public void Remove(INameSpace space)
    {
        lock (_gate)
        {
            _spaces.Remove(space);
        }

        if (_watches.TryGetValue((null, space.Name), out var watch))
        {
            watch.Fire();
        }
    }

    /// <summary>Finds an object in the spaces of this process. Never waits.</summary>
    public long? FindHere(NamedReference reference) =>
        SpacesOf(reference.Space).Select(each => each.Find(reference)).FirstOrDefault(static id => id is not null);

    /// <summary>How long from now nobody is given what this process holds in a space that it is a part of; null when it is no part of it.</summary>
    public TimeSpan? HeldForHere(string space, bool isForOthers) => SpacesOf(space) is [var first, ..] ? first.HeldFor(isForOthers) : null;

    /// <summary>Watches what this process holds in a space.</summary>
    /// <param name="space">The space.</param>
    /// <param name="way">The node by which it is a part of it; null if it is so itself.</param>
    public LossWatch WatchOf(string space, NodeAddress? way) => _watches.GetOrAdd(
        (way?.Id, space),
        _ => way is null
            ? new LossWatch(
                node,
                () => HeldForHere(space, isForOthers: false) ?? TimeSpan.Zero,
                () => ValueTask.FromResult(HeldForHere(space, isForOthers: false) ?? TimeSpan.Zero))
            : WatchBy(new ObjectHandle(node, way, NameDirectory.Number, MemoryAddress.None), new NameDirectory.HeldFor(space)));

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

    /// <summary>The last one first: earlier ones may have been left.</summary>
    private INameSpace[] SpacesOf(string space)
    {
        lock (_gate)
        {
            return [.. _spaces.Where(each => each.Name == space)];
        }
    }

    private LossWatch WatchBy(ObjectHandle directory, NameDirectory.HeldFor question)
    {
        return new LossWatch(
            node,
            () => Told(directory.Ask(question, CancellationToken.None)),
            async () => Told(await directory.AskAsync(question, CancellationToken.None).ConfigureAwait(false)));

        static TimeSpan Told(Reply reply) => reply.Status == ReplyStatus.Ok ? TimeSpan.FromTicks(reply.Number) : TimeSpan.Zero;
    }
}
