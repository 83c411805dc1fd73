using Akka.Actor;
using Akka.Dispatch.SysMsg;
using Akka.Event;
using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.Transport;

namespace Multiproc.Actors.Remote;

/// <content>Messages that come from the process, on a thread of the pool.</content>
internal sealed partial class Association
{
    private byte[]? Deliver(ActorLink link, byte[]? message, bool isAgain)
    {
        if (message is null)
        {
            OnLinkEnded(link);
            return null;
        }

        try
        {
            return DeliverFrame(link, message, isAgain);
        }
        catch (SerializationException malformed)
        {
            // Nothing that follows on this link can be trusted.
            _remoting.Log.Error(malformed, "{0} sent a malformed frame to the actors of this process, and is disconnected.", this);
            link.Peer.Close();
        }
        catch (Exception failed)
        {
            // Code of the program, or of Akka, for example the deployment of an actor that cannot be made here. The next message is none the worse for it.
            _remoting.Log.Error(failed, "A message from {0} could not be delivered.", this);
        }

        return null;
    }

    /// <exception cref="SerializationException">The frame is malformed.</exception>
    internal byte[]? DeliverFrame(ActorLink link, byte[] frame, bool isAgain)
    {
        var reader = new WireReader(frame);
        switch ((ActorFrame)reader.Byte())
        {
            case ActorFrame.Message:
                return DeliverMessage(link, frame, isAgain);
            case ActorFrame.Part:
                if (link.Parts.Add(ref reader) is not { } whole)
                {
                    return null;
                }

                return whole[0] == (byte)ActorFrame.Message
                    ? DeliverMessage(link, whole, isAgain: false)
                    : throw new SerializationException("Malformed frame: only messages come in parts.");
            case ActorFrame.Receipt:
                link.OnReceipt((long)reader.VarUInt());
                return null;
            case ActorFrame.Barrier:
                AnswerBarrier(link, reader.VarUInt());
                return null;
            case ActorFrame.Passed:
                OnPassed((long)reader.VarUInt());
                return null;
            case var unit and >= ActorFrame.Associate and <= ActorFrame.Disassociate:
                _remoting.Units?.OnFrame(link.Peer, unit, ref reader);
                return null;
            case var kind:
                throw new SerializationException($"Malformed frame: kind {(int)kind} of a message of actors is unknown.");
        }
    }

    private byte[]? DeliverMessage(ActorLink link, byte[] frame, bool isAgain)
    {
        var reader = new WireReader(frame);
        reader.Byte();
        long receipt = reader.Int64();
        var paths = new PathReader(_remoting.Resolver, link.Received, this);
        var recipient = paths.ReadRecipient(ref reader);
        if (recipient is EmptyLocalActorRef && !isAgain && _remoting.DeployerOf(recipient.Path) is { } deployer && deployer != this)
        {
            // The reference came here by way of a third process, perhaps faster than the order to make the actor. Whoever ordered it has sent that before: what
            // it answers now comes after it.
            _inbound.Pause();
            deployer.AwaitBarrier(_inbound.Resume);
            return frame;
        }

        var sender = paths.ReadSender(ref reader);
        try
        {
            Dispatch(recipient, _remoting.Payloads.Read(ref reader), sender);
        }
        catch (Exception unreadable) when (unreadable is SerializationException or FileNotFoundException)
        {
            // The frame itself was sound, so the link goes on. The one who waits for an answer is told.
            _remoting.Log.Error(unreadable, "A message from {0} to {1} cannot be read here.", this, recipient);
            if (sender is LinkActorRef { IsTemporary: true })
            {
                sender.Tell(new Status.Failure(unreadable), ActorRefs.NoSender);
            }
        }

        if (receipt != 0)
        {
            SendOwn(link, ActorFrame.Receipt, (ulong)receipt);
        }

        return null;
    }

    private void Dispatch(IInternalActorRef recipient, object message, IActorRef? sender)
    {
        if (message is ISystemMessage system)
        {
            recipient.SendSystemMessage(system);
        }
        else
        {
            recipient.Tell(message, sender ?? _remoting.System.DeadLetters);
        }
    }

    /// <summary>Sends a frame that consists of its kind and a number. Never waits.</summary>
    /// <returns>False when the process is gone.</returns>
    private static bool SendOwn(ActorLink link, ActorFrame kind, ulong number)
    {
        using var writer = new WireWriter(16);
        Peer.BeginService(writer, Service.Actors);
        writer.Byte((byte)kind);
        writer.VarUInt(number);
        using (Reactor.EnterHandler())
        {
            try
            {
                link.Peer.Send(writer);
                return true;
            }
            catch (ConnectionLostException)
            {
                return false;
            }
        }
    }
}
