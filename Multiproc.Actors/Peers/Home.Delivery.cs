using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.States;
using Multiproc.Transport;

namespace Multiproc.Nodes;

/// <content>What is told to the objects, and what they answer.</content>
internal sealed partial class Home
{
    /// <summary>A command from this process.</summary>
    public void DeliverLocal(Caller caller, long target, ICommand command)
    {
        if (Objects.Find(target) is not { } found)
        {
            Answer(caller, Multiproc.States.Answer.ObjectGone);
            return;
        }

        found.HoldsReferences |= found.Kind.KeepsValues;

        // The actor may run on this thread, and what it sends to other processes must not block it.
        using (Reactor.EnterHandler())
        {
            found.Hosted.Tell(new Delivery(caller, command));
        }
    }

    /// <summary>A command from another process; malformed bytes are that connection's error, never the object's.</summary>
    public void Deliver(Peer peer, Caller caller, long target, ref WireReader reader)
    {
        if (Objects.Find(target) is not { } found)
        {
            Answer(caller, Multiproc.States.Answer.ObjectGone);
            return;
        }

        var command = reader;
        if (found.Cell is { } cell && command.Byte() == CellLook.Tag)
        {
            found.Hosted.Tell(new Delivery(caller, new CellLook(cell)));
            return;
        }

        if (found.Kind.KeepsValues && !found.HoldsReferences)
        {
            found.HoldsReferences = ReferenceMark.IsIn(command.Rest());
            reader.HasNoReferences = !found.HoldsReferences;
        }

        var asked = found.Kind.ReadCommand(ref reader);
        if (caller.WantsAnswer && peer.HasGivenUp(caller.Call) && !asked.MustArrive)
        {
            // It was stopped here, or this process was slow: the caller knows that nothing has happened.
            Answer(caller, Multiproc.States.Answer.Cancelled);
            return;
        }

        found.Hosted.Tell(new Delivery(caller, asked));
    }

    /// <summary>Has an object say which others of this home it refers to; false when it refers to none.</summary>
    public bool Survey(long id, Action<IReadOnlyList<long>> answer)
    {
        if (Objects.Find(id) is not { HoldsReferences: true } found)
        {
            return false;
        }

        found.Hosted.Tell(new Survey(_id, answer));
        return true;
    }

    public void CancelCall(Caller waiter, long target)
    {
        if (Objects.Find(target) is { } found)
        {
            using (Reactor.EnterHandler())
            {
                found.Hosted.Tell(new LifeCommand.CallCancelled(waiter));
            }
        }
    }

    /// <summary>The caller receives no answer to this call: the object takes back what it gave.</summary>
    public void GiveUp(Caller caller, long target, bool timedOut)
    {
        if (Objects.Find(target) is { } found)
        {
            found.Hosted.Tell(new LifeCommand.CallGivenUp(caller, timedOut));
        }
    }

    public void Answer(Caller caller, in Answer answer)
    {
        if (!caller.WantsAnswer)
        {
            return;
        }

        if (caller.IsHome)
        {
            CallTable.Current.Finish(caller.Call, answer);
        }
        else if (Peers.Find(caller.Process) is { IsLost: false } peer)
        {
            peer.TryAnswer(caller.Call, answer);
        }
    }

    /// <summary>A look at an object.</summary>
    public void Deliver(HomeObject target, SnapshotRequest inspection)
    {
        using (Reactor.EnterHandler())
        {
            target.Hosted.Tell(inspection);
        }
    }

    private void TellAll(LifeCommand command)
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
