using Akka.Actor;
using Akka.Dispatch.SysMsg;
using Akka.Event;
using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.Transport;

namespace Multiproc.Actors.Remote;

/// <content>Messages that go to the process.</content>
internal sealed partial class Association
{
    /// <summary>
    /// The largest message that goes in one frame over a socket, where a frame has the connection to itself until it is sent. Rings divide frames themselves.
    /// </summary>
    private const int LargestPart = 256 * 1024;

    /// <summary>
    /// How long a thread waits for a process that does not read; then the message is dropped. System messages wait in a list instead, and are never dropped.
    /// </summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    [ThreadStatic]
    private static WireWriter? s_writer;

    private long _lastPart;

    private enum Outcome
    {
        Sent,
        NoConnection,
        TooSlow,
    }

    /// <summary>Sends a message to an actor of the process.</summary>
    /// <exception cref="SerializationException">The message, or a part of it, cannot be sent.</exception>
    public void Send(object message, IActorRef? sender, LinkActorRef recipient)
    {
        var writer = s_writer ?? new WireWriter();
        s_writer = null; // Serializing may run code of the user, which may send.
        try
        {
            var outgoing = new Outgoing(message, sender, recipient);
            var link = Open();
            if (link is null)
            {
                WriteWhole(writer, outgoing);
                SendLater(writer, outgoing);
                return;
            }

            var paths = new PathWriter(_remoting.Resolver, link.Sent);
            Write(writer, ref paths, outgoing);
            if (writer.HoldsReferences)
            {
                link.KeepUntilReceived(writer, message);
            }

            switch (TrySend(link, writer, mayNotWait: message is ISystemMessage))
            {
                case Outcome.Sent:
                    paths.MarkKnown();
                    break;
                case Outcome.TooSlow:
                    Drop(outgoing, writer.TakeConsigned());
                    break;
                default:
                    // The numbers of a link that has ended mean nothing to the next one.
                    WriteWhole(writer, outgoing);
                    SendLater(writer, outgoing);
                    break;
            }
        }
        finally
        {
            if (writer.Capacity <= LargestPart)
            {
                s_writer = writer;
            }
        }
    }

    /// <summary>Writes a message without the numbers of a link.</summary>
    private void WriteWhole(WireWriter writer, Outgoing outgoing)
    {
        var paths = new PathWriter(_remoting.Resolver, null);
        Write(writer, ref paths, outgoing);
    }

    private void Write(WireWriter writer, ref PathWriter paths, Outgoing outgoing)
    {
        Peer.BeginService(writer, Service.Actors);
        writer.Byte((byte)ActorFrame.Message);
        writer.Int64(0);
        paths.WriteRecipient(writer, outgoing.Recipient);
        paths.WriteSender(writer, outgoing.Sender);
        try
        {
            _remoting.Payloads.Write(writer, outgoing.Message, _remoting.DefaultAddress);
        }
        catch (SerializationException unsendable)
        {
            throw new SerializationException($"A message to {outgoing.Recipient.Path} cannot be sent: {unsendable.Message}", unsendable);
        }
    }

    private Outcome TrySend(ActorLink link, WireWriter writer, bool mayNotWait)
    {
        try
        {
            if (mayNotWait)
            {
                using (Reactor.EnterHandler())
                {
                    link.Peer.Send(writer);
                }

                return Outcome.Sent;
            }

            // A process that is only busy reads on. One that is stopped must not stop the actors of this one.
            using (WaitLimit.Of(s_patience, CancellationToken.None, link.Peer.Address!.Pid).Enter())
            {
                if (writer.Length > LargestPart && !link.Peer.SharesMachine)
                {
                    SendParts(link, writer.Written);
                }
                else
                {
                    link.Peer.Send(writer);
                }
            }

            return Outcome.Sent;
        }
        catch (ConnectionLostException)
        {
            return Outcome.NoConnection;
        }
        catch (MultiprocTimeoutException slow)
        {
            _remoting.Log.Warning("{0} does not read its messages; one was dropped. {1}", this, slow.Message);
            return Outcome.TooSlow;
        }
    }

    /// <summary>Frames of other services, and of other actors, go between the parts.</summary>
    private void SendParts(ActorLink link, ReadOnlySpan<byte> frame)
    {
        // Without the kind of frame and the service, which each part has itself.
        var message = frame[2..];
        long number = Interlocked.Increment(ref _lastPart);
        using var part = new WireWriter(LargestPart + 64);
        for (int sent = 0; sent < message.Length;)
        {
            int size = Math.Min(LargestPart, message.Length - sent);
            Peer.BeginService(part, Service.Actors);
            part.Byte((byte)ActorFrame.Part);
            part.VarUInt((ulong)number);
            part.VarUInt((ulong)message.Length);
            part.Raw(message.Slice(sent, size));
            link.Peer.Send(part);
            sent += size;
        }
    }

    /// <summary>Keeps a message until there is a connection, which is made on a thread of its own. A message to a dead process becomes a dead letter.</summary>
    private void SendLater(WireWriter writer, Outgoing outgoing)
    {
        var consigned = writer.TakeConsigned();
        lock (_gate)
        {
            if (_open is { } link)
            {
                // Another thread has connected meanwhile, and what waited is sent already.
                if (TrySend(link, writer, mayNotWait: true) == Outcome.Sent)
                {
                    return;
                }
            }
            else if (_notBefore.HasPassed && _waitingBytes + writer.Length <= MostWaiting)
            {
                _waiting.Add(new Waiting(writer.ToArray(), writer.HoldsReferences, outgoing, consigned));
                _waitingBytes += writer.Length;
                BeginConnecting_UnderGate();
                return;
            }
        }

        Drop(outgoing, consigned);
    }

    private void Drop(Outgoing outgoing, IReadOnlyList<IDisposable>? consigned)
    {
        foreach (var kept in consigned ?? [])
        {
            kept.Dispose();
        }

        switch (outgoing.Message)
        {
            case Watch:
                // Also where the process had ended before it was watched.
                TellDeath();
                break;
            case ISystemMessage:
                break;
            default:
                _remoting.System.EventStream.Publish(new DeadLetter(outgoing.Message, outgoing.Sender ?? _remoting.System.DeadLetters, outgoing.Recipient));
                break;
        }
    }

    private readonly record struct Outgoing(object Message, IActorRef? Sender, LinkActorRef Recipient);

    /// <summary>A message that waits for a connection.</summary>
    private sealed record Waiting(byte[] Frame, bool HoldsReferences, Outgoing Outgoing, IReadOnlyList<IDisposable>? Consigned);
}
