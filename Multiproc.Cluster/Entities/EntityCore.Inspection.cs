using Multiproc.Cluster.Sessions;
using Multiproc.States;

namespace Multiproc.Cluster.Entities;

/// <content>Inspection, which changes nothing. It is what this owner knows: another one may know better.</content>
internal sealed partial class EntityCore
{
    /// <summary>What there is to see; null when there is no object.</summary>
    public EntitySight? Look()
    {
        if (_object is null)
        {
            return null;
        }

        var byNumber = new Dictionary<int, (string Node, int Process)>();
        foreach (var session in _sessions.Values)
        {
            foreach (int number in session.Processes)
            {
                byNumber[number] = (session.Id.Node, session.NodesNumberOf(number));
            }
        }

        var view = _object.TakeSnapshot();
        return new EntitySight(
            Spec!.Name,
            ObjectType.Find(Spec.Type)?.Name ?? $"object of type {Spec.Type}",
            [.. view.Holders.Select(each => Party(each.Process, each.Thread, each.Count))],
            [.. _waiting.Keys.Select(each => Party(each.Process, view.WaitingThreads.GetValueOrDefault(each), each.Call))],
            view.Counts)
        {
            Waits = view.Waits is null ? [] :
            [
                .. from each in view.Waits
                   where _waiting.ContainsKey(each.Waiter)
                   select (Party(each.Waiter.Process, view.WaitingThreads.GetValueOrDefault(each.Waiter), each.Waiter.Call),
                       Party(each.Holder.Process, each.Holder.Thread, each.Holder.Count)),
            ],
        };

        SightParty Party(int number, int thread, long amount) => byNumber.TryGetValue(number, out var known)
            ? new SightParty(known.Node, known.Process, thread, amount)
            : new SightParty("", 0, thread, amount);
    }
}
