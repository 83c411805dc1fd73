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
    private void Deliver(ActorLink link, byte[]? message)
    {
        if (message is null)
        {
            OnLinkEnded(link);
            return;
        }

        try
        {
            var reader = new WireReader(message);
            Deliver(link, ref reader);
        }
        catch (SerializationException malformed)
        {
            // Nothing that follows on this link can be trusted.
            _remoting.Log.Error(malformed, "{0} sent a malformed frame to the actors of this process, and is disconnected.", this);
            link.Peer.Close();
        }
    }

    /// <exception cref="SerializationException">The frame is malformed.</exception>
    private void Deliver(ActorLink link, ref WireReader reader)
    {
        switch ((ActorFrame)reader.Byte())
        {
            case ActorFrame.Message:
                DeliverMessage(link, ref reader);
                break;
            case ActorFrame.Part:
                if (link.Parts.Add(ref reader) is { } whole)
                {
                    var inParts = new WireReader(whole);
                    if ((ActorFrame)inParts.Byte() != ActorFrame.Message)
                    {
                        throw new SerializationException("Malformed frame: only messages come in parts.");
                    }

                    DeliverMessage(link, ref inParts);
                }

                break;
            case ActorFrame.Receipt:
                link.OnReceipt((long)reader.VarUInt());
                break;
            case var unit and >= ActorFrame.Associate and <= ActorFrame.Disassociate:
                _remoting.Units?.OnFrame(link.Peer, unit, ref reader);
                break;
            case var kind:
                throw new SerializationException($"Malformed frame: kind {(int)kind} of a message of actors is unknown.");
        }
    }

    private void DeliverMessage(ActorLink link, ref WireReader reader)
    {
        long receipt = reader.Int64();
        var paths = new PathReader(_remoting.Resolver, link.Received, this);
        var recipient = paths.ReadRecipient(ref reader);
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
            SendReceipt(link, receipt);
        }
    }

    private void Dispatch(IInternalActorRef recipient, object message, IActorRef? sender)
    {
        switch (message)
        {
            case ISystemMessage system:
                recipient.SendSystemMessage(system);
                break;
            default:
                recipient.Tell(message, sender ?? _remoting.System.DeadLetters);
                break;
        }
    }

    private static void SendReceipt(ActorLink link, long receipt)
    {
        using var writer = new WireWriter(16);
        Peer.BeginService(writer, Service.Actors);
        writer.Byte((byte)ActorFrame.Receipt);
        writer.VarUInt((ulong)receipt);
        using (Reactor.EnterHandler())
        {
            try
            {
                link.Peer.Send(writer, Wake.WhenWaiting);
            }
            catch (ConnectionLostException)
            {
                // Who kept the message is gone.
            }
        }
    }
}
