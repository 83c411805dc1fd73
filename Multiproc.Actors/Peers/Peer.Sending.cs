using Multiproc.Serialization;
using Multiproc.States;
using Multiproc.Transport;

namespace Multiproc.Peers;

/// <content>Frames that go to the process: calls, replies, and messages of services.</content>
internal sealed partial class Peer
{
    // A user's thread that waits for room in a ring delivers messages meanwhile, and those handlers send frames of their own:
    // hence one writer for each role of a thread.
    [ThreadStatic]
    private static WireWriter? s_writer;

    [ThreadStatic]
    private static WireWriter? s_handlerWriter;

    /// <summary>The first half of a call: the command is sent when this returns.</summary>
    public BlockingCall StartAsk(long target, IWireCommand command, Wake wake)
    {
        ThrowIfLost();
        var call = CallTable.Current.BeginBlocking(this);
        long id = call.Id;
        try
        {
            SendAsk(id, target, command, wake);
        }
        catch (Exception)
        {
            if (call.Claim(id))
            {
                call.End();
                throw;
            }
        }

        return call;
    }

    /// <param name="handle">The object that is called.</param>
    /// <param name="command">The command.</param>
    /// <param name="wake">Whether a sleeping receiver is woken.</param>
    /// <param name="limit">The caller's own time limit.</param>
    public ValueTask<Reply> AskAsync(ObjectHandle handle, IWireCommand command, Wake wake, in WaitLimit limit)
    {
        long target = handle.Id;
        ThrowIfLost();
        var call = CallTable.Current.RentAsync();
        var reply = call.Begin(this);
        long begun = call.Id;
        try
        {
            SendAsk(begun, target, command, wake);
        }
        catch (MultiprocTimeoutException passed) when (passed.IsOfLimit && limit.IsTimed && command is ITimedCommand)
        {
            // Not sent, since there was no room: for the caller an ordinary timeout.
            call.TryFinish(begun, States.Reply.TimedOut);
        }
        catch (Exception failure)
        {
            // The waiter gets the error as its reply; if the call has failed meanwhile, it has one already.
            call.TryFail(begun, failure);
        }

        // After the command: a cancellation that overtakes it finds nothing to cancel.
        if (!limit.IsNone)
        {
            call.Limit(this, handle, command, begun, limit);
        }

        return reply;
    }

    public void Tell(long target, IWireCommand command, Wake wake = Wake.Always)
    {
        var writer = Begin(FrameKind.Tell);
        writer.VarUInt((ulong)target);
        command.WriteTo(writer);
        Send(writer, wake);
    }

    /// <summary>Begins a command without a reply in the caller's own writer; the caller writes the command next, then sends it.</summary>
    public static void BeginTell(WireWriter writer, long target)
    {
        writer.Reset();
        writer.Byte((byte)FrameKind.Tell);
        writer.VarUInt((ulong)target);
    }

    /// <summary>Sends a command if the process is still alive.</summary>
    public void TryTell(long target, IWireCommand command)
    {
        try
        {
            Tell(target, command);
        }
        catch (ConnectionLostException)
        {
            // The object is gone together with its process.
        }
    }

    public void Reply(long call, in Reply reply)
    {
        var writer = Begin(FrameKind.Reply);
        writer.VarUInt((ulong)call);
        try
        {
            reply.WriteTo(writer);
        }
        catch (SerializationException tooLarge)
        {
            // The caller is told. This process, which may serve many others, goes on.
            writer = Begin(FrameKind.Reply);
            writer.VarUInt((ulong)call);
            Multiproc.States.Reply.TooLarge(tooLarge.Message).WriteTo(writer);
        }

        Send(writer);
    }

    /// <summary>Sends a reply if the caller is still alive; if not, its death tells the objects what they must know.</summary>
    public void TryReply(long call, in Reply reply)
    {
        try
        {
            Reply(call, reply);
        }
        catch (ConnectionLostException)
        {
            // The caller is gone.
        }
    }

    /// <summary>Begins a message of a service; finish it with <see cref="Send(WireWriter, Wake)"/>.</summary>
    public WireWriter BeginService(Service service)
    {
        var writer = Begin(FrameKind.Service);
        writer.Byte((byte)service);
        return writer;
    }

    /// <summary>Begins a message of a service in a writer of its own, which other code that sends frames cannot overwrite before it is sent.</summary>
    public static void BeginService(WireWriter writer, Service service)
    {
        writer.Reset();
        writer.Byte((byte)FrameKind.Service);
        writer.Byte((byte)service);
    }

    /// <exception cref="ConnectionLostException">The process is gone.</exception>
    public void Send(WireWriter writer, Wake wake = Wake.Always)
    {
        ThrowIfLost();
        _link.Send(writer, wake);
    }

    /// <summary>Sends a frame that was written before.</summary>
    /// <exception cref="ConnectionLostException">The process is gone.</exception>
    public void Send(ReadOnlySpan<byte> frame, Wake wake = Wake.Always)
    {
        ThrowIfLost();
        _link.Send(frame, wake);
    }

    /// <summary>See <see cref="ILink.Staging"/>.</summary>
    public Transport.Rings.StagingBuffer? Staging => _link.Staging;

    /// <exception cref="ConnectionLostException">The process is gone.</exception>
    public void SendStaged(Wake wake)
    {
        ThrowIfLost();
        _link.SendStaged(wake);
    }

    /// <summary>Rings for what was sent with <see cref="Wake.Later"/>.</summary>
    public void Announce(Wake wake) => _link.Announce(wake);

    private static WireWriter Begin(FrameKind kind)
    {
        var writer = Reactor.InHandler ? s_handlerWriter ??= new WireWriter() : s_writer ??= new WireWriter();
        writer.Reset();
        writer.Byte((byte)kind);
        return writer;
    }

    private void SendAsk(long call, long target, IWireCommand command, Wake wake)
    {
        var writer = Begin(FrameKind.Ask);
        writer.VarUInt((ulong)call);
        writer.VarUInt((ulong)target);
        command.WriteTo(writer);
        Send(writer, wake);
    }

    /// <summary>Asks the node to cancel a call; its reply still decides. Never waits for room, since the receiver may be stopped.</summary>
    public void SendCancel(long call, long target)
    {
        if (IsLost)
        {
            return; // The loss of the peer has already ended the call.
        }

        using (Reactor.EnterHandler())
        {
            try
            {
                var writer = Begin(FrameKind.Cancel);
                writer.VarUInt((ulong)call);
                writer.VarUInt((ulong)target);
                Send(writer);
            }
            catch (ConnectionLostException)
            {
                // As above.
            }
        }
    }

    /// <summary>
    /// Gives up a call whose time limit has passed. The node skips the call if it has not read it yet; otherwise it takes back what it granted.
    /// </summary>
    /// <returns>False when a reply or a failure came first.</returns>
    public bool TryGiveUp(PendingCall call, IWireCommand? command, ObjectHandle target, bool timedOut)
    {
        long id = call.Id;
        if (!CallTable.Current.TryGiveUp(call, this, (command as IYieldingCommand)?.ForLateReply(target)))
        {
            return false;
        }

        using (Reactor.EnterHandler())
        {
            try
            {
                // The mark first: a node that reads the command from now on finds it.
                _link.MarkGivenUp(id);
                var writer = Begin(FrameKind.GiveUp);
                writer.VarUInt((ulong)id);
                writer.VarUInt((ulong)target.Id);
                writer.Bool(timedOut);
                Send(writer);
            }
            catch (ConnectionLostException)
            {
                // The end of the connection gives back everything that the node granted to this process.
            }
        }

        return true;
    }

    /// <summary>Whether the process has given up a call that it sent before.</summary>
    public bool HasGivenUp(long call) => _link.IsGivenUp(call);
}
