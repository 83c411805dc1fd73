using Multiproc.Peers;
using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.States;
using Multiproc.Transport;

namespace Multiproc.Nodes;

/// <content>Delivers commands to the objects, and their replies.</content>
internal sealed partial class Node
{
    /// <summary>Delivers a command from this process.</summary>
    public void DeliverLocal(Caller caller, long target, ICommand command)
    {
        if (Find(target) is not { } found)
        {
            Reply(caller, Multiproc.States.Reply.ObjectGone);
            return;
        }

        found.HoldsReferences |= found.Kind.KeepsValues;
        if (command is CellSnapshot && found.Cell is { } cell)
        {
            command = new CellSnapshot(cell);
        }

        // The actor may run on this thread, and what it sends to other processes must not block it.
        using (Reactor.EnterHandler())
        {
            found.Hosted.Tell(new Delivery(caller, command));
        }
    }

    /// <summary>Delivers a command of a guest, which may end meanwhile: the object takes back what it granted, and the call fails.</summary>
    public void DeliverFor(int guest, PendingCall call, long target, ICommand command)
    {
        long id = call.Id;
        if (Peers.Guests?.TryBegin(guest, id) != true)
        {
            call.TryFail(id, new ConnectionLostException("The process on whose behalf an object is used has ended."));
            return;
        }

        DeliverLocal(new Caller(guest, id), target, command);
        if (!Peers.Guests.Has(guest) && Find(target) is { } found)
        {
            // The command may have come after the news of the end: the object hears of it once more.
            using (Reactor.EnterHandler())
            {
                found.Hosted.Tell(new LifecycleEvent.ProcessGone(guest));
            }
        }
    }

    /// <summary>Delivers a command from another process; malformed bytes are an error of that connection, never of the object.</summary>
    public void Deliver(Peer peer, Caller caller, long target, ref WireReader reader)
    {
        if (Find(target) is not { } found)
        {
            Reply(caller, Multiproc.States.Reply.ObjectGone);
            return;
        }

        var command = reader;
        if (found.Cell is { } cell && command.Byte() == CellSnapshot.Tag)
        {
            found.Hosted.Tell(new Delivery(caller, new CellSnapshot(cell)));
            return;
        }

        if (found.Kind.KeepsValues && !found.HoldsReferences)
        {
            found.HoldsReferences = ReferenceMark.IsIn(command.Rest());
            reader.HasNoReferences = !found.HoldsReferences;
        }

        reader.ReferencesRead = KeepsReferences;
        var asked = found.Kind.ReadCommand(ref reader);
        if (caller.WantsReply && peer.HasGivenUp(caller.Call) && !asked.MustArrive)
        {
            // It was given up before it was read, since this process was stopped or slow: the caller knows that nothing has happened.
            Reply(caller, Multiproc.States.Reply.Cancelled);
            return;
        }

        found.Hosted.Tell(new Delivery(caller, asked));
    }

    /// <summary>Asks an object which others of this node it refers to; false when it refers to none.</summary>
    public bool Survey(long id, Action<IReadOnlyList<long>> reply)
    {
        if (Objects.Find(id) is not { HoldsReferences: true } found)
        {
            return false;
        }

        found.Hosted.Tell(new Survey(_id, reply));
        return true;
    }

    public void CancelCall(Caller waiter, long target)
    {
        if (Objects.Find(target) is { } found)
        {
            using (Reactor.EnterHandler())
            {
                found.Hosted.Tell(new LifecycleEvent.CallCancelled(waiter));
            }
        }
    }

    /// <summary>Tells the object that the caller receives no reply to this call: it takes back what it granted.</summary>
    public void GiveUp(Caller caller, long target, bool timedOut)
    {
        if (Objects.Find(target) is { } found)
        {
            found.Hosted.Tell(new LifecycleEvent.CallGivenUp(caller, timedOut));
        }
    }

    public void Reply(Caller caller, in Reply reply)
    {
        if (!caller.WantsReply)
        {
            return;
        }

        if (caller.IsLocal)
        {
            CallTable.Current.Finish(caller.Call, reply);
        }
        else if (Peers.Guests?.TryReply(caller, reply) == true)
        {
            return;
        }
        else if (Peers.Find(caller.Process) is { IsLost: false } peer)
        {
            peer.TryReply(caller.Call, reply);
        }
    }

    /// <summary>Asks an object for a snapshot.</summary>
    public void Deliver(NodeObject target, SnapshotRequest inspection)
    {
        using (Reactor.EnterHandler())
        {
            target.Hosted.Tell(inspection);
        }
    }

    private NodeObject? Find(long target) => Objects.Find(target) ?? (target == NameDirectory.Number ? Names.Directory : null);

    private void TellAll(LifecycleEvent command)
    {
        using (Reactor.EnterHandler())
        {
            foreach (var each in Objects.All())
            {
                each.Hosted.Tell(command);
            }
        }
    }
}
