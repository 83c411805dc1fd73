using Multiproc.Cluster.Sessions;
using Multiproc.Peers.References;
using Multiproc.States;

namespace Multiproc.Cluster.Gateways;

/// <content>Objects that came to this process as values: by their references, which say which object it is.</content>
internal sealed partial class Gateway
{
    /// <summary>
    /// The stand-ins of objects that came while their name was being opened: whether that is the same object is not known yet. Few, and kept.
    /// </summary>
    private readonly Dictionary<NamedReference, (StandIn StandIn, long Id)> _beside = [];

    string INameSpace.Name => _journal;

    TimeSpan INameSpace.HeldFor(bool isForOthers) => Volatile.Read(ref _ended) is null ? _leases.HeldFor(isForOthers) : TimeSpan.Zero;

    /// <summary>Finds the stand-in of an object, or makes one. Never waits: it is the object that there was, whatever the name is that of now.</summary>
    /// <returns>Its number in this node; null when the node is no longer in the cluster.</returns>
    /// <exception cref="SerializationException">The reference is malformed, or of a type that this version does not know.</exception>
    long? INameSpace.Find(NamedReference reference)
    {
        var (spec, incarnation) = ObjectReference.Read(reference);
        var type = ObjectType.Find(spec.Type)
            ?? throw new SerializationException($"'{spec.Name}' is of type {spec.Type}, which this version does not know: update this node.");
        lock (_gate)
        {
            if (_ended is not null)
            {
                return null;
            }

            if (!_byName.TryGetValue(spec.Name, out var known))
            {
                return (_byName[spec.Name] = Make(spec, type, incarnation)).Id;
            }

            long there = known.StandIn.Incarnation;
            if (there == incarnation)
            {
                return known.Id;
            }

            if (there == 0)
            {
                return (_beside.TryGetValue(reference, out var beside) ? beside : _beside[reference] = Make(spec, type, incarnation)).Id;
            }

            // Of two objects of a name the one with the lower number has ended.
            var made = Make(spec, type, incarnation);
            if (there < incarnation)
            {
                _byName[spec.Name] = made;
                Retire(known);
            }
            else
            {
                Retire(made);
            }

            return made.Id;
        }
    }

    private (StandIn StandIn, long Id) Make(ObjectSpec spec, ObjectType type, long incarnation)
    {
        StandIn? made = null;
        var fresh = made = new StandIn(spec, _node, () => NextSession(() => made!), _send, SetBusy, incarnation);
        _bySession[fresh.Session.Number] = fresh;
        return (fresh, _node.Add(StandIn.TypeOf(type), fresh));
    }

    private void Retire((StandIn StandIn, long Id) ended)
    {
        _over.Enqueue(ended);
        if (_over.Count > MostOver)
        {
            var (oldest, id) = _over.Dequeue();
            _bySession.TryRemove(oldest.Session.Number, out _);
            _node.Remove(id);
        }
    }
}
