using Multiproc.Serialization;
using Multiproc.Transport;

namespace Multiproc.Objects.Peers;

/// <content>What is said to the process: questions, answers, and messages of services.</content>
internal sealed partial class Peer
{
    // A user's thread that waits for room in a ring delivers messages meanwhile, and those handlers send frames of their own:
    // hence one writer for each role of a thread.
    [ThreadStatic]
    private static WireWriter? s_writer;

    [ThreadStatic]
    private static WireWriter? s_handlerWriter;

    /// <summary>The first half of a question: it is on its way when this returns.</summary>
    public BlockingCall StartAsk(long target, ICommand command, Wake wake)
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

    /// <summary>The second half, on the same thread.</summary>
    public Answer FinishAsk(BlockingCall call, long target, CancellationToken cancellation) =>
        call.Wait(cancellation.CanBeCanceled ? lost => SendCancel(lost, target) : null, cancellation);

    public ValueTask<Answer> AskAsync(long target, ICommand command, Wake wake, CancellationToken cancellation)
    {
        ThrowIfLost();
        var call = CallTable.Current.RentAsync();
        var answer = call.Begin(this);
        long begun = call.Id;
        try
        {
            SendAsk(begun, target, command, wake);
        }
        catch (Exception failure)
        {
            // The waiter gets the error with the answer; when the call was failed meanwhile it has one already.
            call.TryFail(begun, failure);
        }

        // After the question: a cancellation that overtakes it finds nothing to cancel.
        call.CancelWith(id => SendCancel(id, target), begun, cancellation);
        return answer;
    }

    public void Tell(long target, ICommand command, Wake wake = Wake.Always)
    {
        var writer = Begin(FrameKind.Tell);
        writer.VarUInt((ulong)target);
        command.WriteTo(writer);
        Send(writer, wake);
    }

    /// <summary>Begins the same in a writer of one's own; the command is written next, then it is sent.</summary>
    public static void BeginTell(WireWriter writer, long target)
    {
        writer.Reset();
        writer.Byte((byte)FrameKind.Tell);
        writer.VarUInt((ulong)target);
    }

    /// <summary>Tells if the process still lives.</summary>
    public void TryTell(long target, ICommand command)
    {
        try
        {
            Tell(target, command);
        }
        catch (ConnectionLostException)
        {
            // The object is gone with its process: nobody is left to hear it.
        }
    }

    public void Answer(long call, in Answer answer)
    {
        var writer = Begin(FrameKind.Answer);
        writer.VarUInt((ulong)call);
        try
        {
            answer.WriteTo(writer);
        }
        catch (SerializationException tooLarge)
        {
            // The caller is told. This process, which may serve many, goes on.
            writer = Begin(FrameKind.Answer);
            writer.VarUInt((ulong)call);
            Objects.Answer.TooLarge(tooLarge.Message).WriteTo(writer);
        }

        Send(writer);
    }

    /// <summary>Answers if the caller still lives; if not, its death tells the objects what they must know.</summary>
    public void TryAnswer(long call, in Answer answer)
    {
        try
        {
            Answer(call, answer);
        }
        catch (ConnectionLostException)
        {
            // Nobody is left to hear it.
        }
    }

    /// <summary>Begins a message of a service; finish it with <see cref="Send"/>.</summary>
    public WireWriter BeginService(Service service)
    {
        var writer = Begin(FrameKind.Service);
        writer.Byte((byte)service);
        return writer;
    }

    /// <summary>The same in a writer of one's own, which code that sends frames cannot overwrite before it is sent.</summary>
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

    /// <summary>See <see cref="ILink.Draft"/>.</summary>
    public Transport.Rings.RingDraft? Draft => _link.Draft;

    /// <exception cref="ConnectionLostException">The process is gone.</exception>
    public void SendDraft(Wake wake)
    {
        ThrowIfLost();
        _link.SendDraft(wake);
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

    private void SendAsk(long call, long target, ICommand command, Wake wake)
    {
        var writer = Begin(FrameKind.Ask);
        writer.VarUInt((ulong)call);
        writer.VarUInt((ulong)target);
        command.WriteTo(writer);
        Send(writer, wake);
    }

    private void SendCancel(long call, long target)
    {
        if (IsLost)
        {
            return; // The loss of the peer has ended the call already.
        }

        var writer = Begin(FrameKind.Cancel);
        writer.VarUInt((ulong)call);
        writer.VarUInt((ulong)target);
        Send(writer);
    }
}
