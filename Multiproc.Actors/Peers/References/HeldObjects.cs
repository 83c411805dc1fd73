using System.Runtime.CompilerServices;
using Multiproc.Nodes;

namespace Multiproc.Peers.References;

/// <summary>An object that this process keeps alive, with the number of reasons.</summary>
internal sealed class HeldObject(NodeAddress node, long id)
{
    public NodeAddress Node { get; } = node;

    public long Id { get; } = id;

    public int Leases { get; set; }

    /// <summary>What the keeper was told last.</summary>
    public bool Told { get; set; }

    public bool Queued { get; set; }
}

/// <summary>
/// All counted objects that this process can reach. A pool thread tells their keepers of the first reason and of the end of the last one, since neither a
/// finalizer nor a handler may wait for a connection.
/// </summary>
internal sealed class HeldObjects(Node node)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, Dictionary<long, HeldObject>> _objects = [];
    private readonly Dictionary<Guid, Queue<HeldObject>> _changed = [];
    private readonly ConditionalWeakTable<byte[], List<Lease>> _atRest = [];

    /// <summary>Adds a reason to keep an object.</summary>
    /// <remarks>When the object was just created for this process, <paramref name="isOurs"/>, its keeper counts this process already.</remarks>
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
    /// Keeps alive what these bytes refer to, for as long as they exist in this process, for example in a queue of its node or in a pool's job. References to
    /// this node's own objects are not counted but traced, so that a cycle of them does not live forever.
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

    /// <summary>Holds everything again over a new connection to a node, which knows nothing of the holds over the last one.</summary>
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

    /// <summary>Tells one node. A single thread does so for each node, so that the last message is the current state.</summary>
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
                // The lost connection has released all holds.
                node.Peers.Known(address)?.Tell(ReferenceCommand.Keeper, command);
            }
        }
        catch (Exception lost) when (lost is MultiprocException or TimeoutException or IOException or ObjectDisposedException)
        {
            // The node is gone, and the object with it: its next use will throw.
        }
    }
}
