using System.Runtime.CompilerServices;
using Multiproc.Nodes;

namespace Multiproc.Peers.References;

/// <summary>An object that this process keeps alive, and for how many reasons.</summary>
internal sealed class HeldObject(NodeAddress node, long id)
{
    public NodeAddress Node { get; } = node;

    public long Id { get; } = id;

    public int Leases { get; set; }

    /// <summary>What its keeper was told last.</summary>
    public bool Told { get; set; }

    public bool Queued { get; set; }
}

/// <summary>
/// All counted objects that this process can reach. Their keepers are told of the first reason and of the end of the last one, by a thread of
/// the pool: neither a finalizer nor a handler may wait for a connection.
/// </summary>
internal sealed class HeldObjects(Node node)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, Dictionary<long, HeldObject>> _objects = [];
    private readonly Dictionary<Guid, Queue<HeldObject>> _changed = [];
    private readonly ConditionalWeakTable<byte[], List<Lease>> _atRest = [];

    /// <summary>One more reason to keep an object.</summary>
    /// <remarks>When it was just made for us, <paramref name="isOurs"/>, its keeper counts us already.</remarks>
    public Lease Take(NodeAddress address, long id, bool isOurs = false)
    {
        lock (_gate)
        {
            if (!_objects.TryGetValue(address.Id, out var ofNode))
            {
                _objects.Add(address.Id, ofNode = []);
            }

            if (!ofNode.TryGetValue(id, out var held))
            {
                ofNode.Add(id, held = new HeldObject(address, id) { Told = isOurs });
            }

            held.Leases++;
            NoteChange(held);
            return new Lease(this, held);
        }
    }

    public void LetGo(HeldObject held)
    {
        lock (_gate)
        {
            held.Leases--;
            NoteChange(held);
        }
    }

    /// <summary>
    /// While these bytes exist in this process - in a queue of its node, in a pool's job - what they refer to lives. References to our own objects
    /// are not counted but traced, so that a circle of them does not live for ever.
    /// </summary>
    public void Attach(byte[] bytes)
    {
        var leases = new List<Lease>();
        foreach (var (address, id) in ReferenceMark.Find(bytes))
        {
            if (!node.IsSelf(address))
            {
                leases.Add(Take(address, id));
            }
        }

        if (leases.Count > 0)
        {
            _atRest.AddOrUpdate(bytes, leases);
        }
    }

    /// <summary>A new connection to a node: it knows nothing of what we held over the last one.</summary>
    public void TellAgain(Guid address)
    {
        lock (_gate)
        {
            foreach (var held in _objects.GetValueOrDefault(address)?.Values ?? Enumerable.Empty<HeldObject>())
            {
                held.Told = false;
                NoteChange(held);
            }
        }
    }

    private void NoteChange(HeldObject held)
    {
        if (held.Queued || held.Told == held.Leases > 0)
        {
            return;
        }

        held.Queued = true;
        if (_changed.TryGetValue(held.Node.Id, out var queue))
        {
            queue.Enqueue(held);
            return;
        }

        _changed.Add(held.Node.Id, queue = new Queue<HeldObject>([held]));
        ThreadPool.UnsafeQueueUserWorkItem(_ => TellChanges(held.Node, queue), null);
    }

    /// <summary>One thread per node tells, so that what is told last is true.</summary>
    private void TellChanges(NodeAddress address, Queue<HeldObject> queue)
    {
        while (true)
        {
            HeldObject held;
            bool isHeld;
            lock (_gate)
            {
                if (!queue.TryDequeue(out held!))
                {
                    _changed.Remove(address.Id);
                    return;
                }

                held.Queued = false;
                isHeld = held.Leases > 0;
                if (!isHeld)
                {
                    _objects[address.Id].Remove(held.Id);
                }

                if (held.Told == isHeld)
                {
                    continue;
                }

                held.Told = isHeld;
            }

            Tell(address, isHeld ? new ReferenceCommand.Hold(held.Id) : new ReferenceCommand.Release(held.Id));
        }
    }

    private void Tell(NodeAddress address, ReferenceCommand command)
    {
        try
        {
            if (node.IsSelf(address))
            {
                node.DeliverLocal(default, ReferenceCommand.Keeper, command);
            }
            else if (command is ReferenceCommand.Hold)
            {
                node.Reach(node.AsReached(address)).Tell(ReferenceCommand.Keeper, command);
            }
            else
            {
                // A connection that is lost took all holds with it.
                node.Peers.Known(address)?.Tell(ReferenceCommand.Keeper, command);
            }
        }
        catch (Exception lost) when (lost is MultiprocException or TimeoutException or IOException or ObjectDisposedException)
        {
            // The node is gone, and the object with it: whoever uses it will be told so.
        }
    }
}
