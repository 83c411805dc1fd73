using Multiproc.Objects.Peers;
using Multiproc.Serialization;
using Multiproc.Transport;

namespace Multiproc.Objects;

/// <content>Questions and messages to the object, over whatever connection there is.</content>
internal sealed partial class ObjectHandle
{
    /// <summary>How often a question that may be asked twice is asked again: a network that breaks under each has other troubles.</summary>
    private const int MaxRepeats = 8;

    public Answer Ask(ICommand command, CancellationToken cancellation)
    {
        ThrowIfDisposed();
        cancellation.ThrowIfCancellationRequested();
        for (int tries = 0; ; tries++)
        {
            try
            {
                return Finish(Start(command), cancellation);
            }
            catch (OutcomeUnknownException) when (command.IsIdempotent && tries < MaxRepeats && !cancellation.IsCancellationRequested)
            {
                // It does no harm to ask again.
            }
        }
    }

    /// <summary>The first half of <see cref="Ask"/>: the question is on its way when this returns.</summary>
    public BlockingCall Start(ICommand command, Wake wake = Wake.Always)
    {
        ThrowIfDisposed();
        if (!_isLocal)
        {
            return Peer is { SharesMachine: true } near ? near.StartAsk(Id, command, wake) : OverAnyConnection((Handle: this, Command: command, Wake: wake), static (peer, ask) => peer.StartAsk(ask.Handle.Id, ask.Command, ask.Wake));
        }

        var call = CallTable.Current.BeginBlocking(null);
        _here.DeliverLocal(new Caller(Caller.HomeProcess, call.Id), Id, command);
        return call;
    }

    /// <summary>The second half, on the same thread: waits for the answer.</summary>
    public Answer Finish(BlockingCall call, CancellationToken cancellation) => _isLocal
        ? call.Wait(cancellation.CanBeCanceled ? CancelLocal : null, cancellation)
        : _peer!.FinishAsk(call, Id, cancellation);

    public ValueTask<Answer> AskAsync(ICommand command, CancellationToken cancellation)
    {
        ThrowIfDisposed();
        return cancellation.IsCancellationRequested ? ValueTask.FromCanceled<Answer>(cancellation) : StartAsync(command, Wake.Always, cancellation);
    }

    /// <summary>The same without a look at the token first: the question is on its way when this returns.</summary>
    public ValueTask<Answer> StartAsync(ICommand command, Wake wake, CancellationToken cancellation)
    {
        ThrowIfDisposed();
        if (!_isLocal)
        {
            var peer = _peer is { IsLost: true, MayComeBack: true } ? null : Peer;
            return peer is { SharesMachine: true } ? peer.AskAsync(Id, command, wake, cancellation) : AskFarAsync(peer, command, wake, cancellation);
        }

        var call = CallTable.Current.RentAsync();
        var answer = call.Begin(null);
        long begun = call.Id;
        _here.DeliverLocal(new Caller(Caller.HomeProcess, begun), Id, command);

        // After the question: a cancellation that overtakes it finds nothing to cancel.
        call.CancelWith(CancelLocal, begun, cancellation);
        return answer;
    }

    /// <summary>Sends a command that nobody waits for.</summary>
    public void Tell(ICommand command, Wake wake = Wake.Always)
    {
        ThrowIfDisposed();
        if (_isLocal)
        {
            _here.DeliverLocal(default, Id, command);
        }
        else if (Peer is { SharesMachine: true } near)
        {
            near.Tell(Id, command, wake);
        }
        else
        {
            OverAnyConnection((Handle: this, Command: command, Wake: wake), static (peer, tell) =>
            {
                peer.Tell(tell.Handle.Id, tell.Command, tell.Wake);
                return true;
            });
        }
    }

    /// <summary>Begins a message of <see cref="Tell"/> in a writer of one's own, for an object in another process of this machine: the command is written next.</summary>
    /// <returns>False for any other object.</returns>
    public bool TryBeginTell(WireWriter writer, out Peer? peer)
    {
        ThrowIfDisposed();
        peer = _isLocal ? null : Peer;
        if (peer is not { SharesMachine: true })
        {
            return false;
        }

        Peer.BeginTell(writer, Id);
        return true;
    }

    /// <summary>
    /// Gives something back if anybody is left to take it: what this process holds must come back also when this way to the object was let go, and when
    /// the object is gone there is nothing to give back to.
    /// </summary>
    public void TryTell(ICommand command)
    {
        if (_isLocal)
        {
            _here.DeliverLocal(default, Id, command);
        }
        else if ((_peer is { IsLost: false } connected ? connected : _here.Peers.Known(_home!)) is { } peer)
        {
            peer.TryTell(Id, command);
        }
    }

    /// <summary>For what was sent here without a wake: the home reads it now, on this thread or on the one that leads.</summary>
    public void ReadWhatCame()
    {
        if (_isLocal)
        {
            Reactor.Current.Poll();
        }
    }

    /// <summary>What was not sent because the connection to another machine broke is sent over the next one: nobody has acted on it.</summary>
    private TResult OverAnyConnection<TArgument, TResult>(TArgument argument, Func<Peer, TArgument, TResult> send)
    {
        while (true)
        {
            var peer = Peer;
            try
            {
                return send(peer, argument);
            }
            catch (ConnectionLostException unsent) when (unsent is not OutcomeUnknownException && peer.MayComeBack)
            {
                AwaitLoss(peer);
            }
        }
    }

    /// <summary>Connecting again takes a while: not on the caller's thread.</summary>
    private async ValueTask<Answer> AskFarAsync(Peer? peer, ICommand command, Wake wake, CancellationToken cancellation)
    {
        for (int tries = 0; ; tries++)
        {
            peer ??= await Task.Run(() => Peer, cancellation).ConfigureAwait(false);
            try
            {
                return await peer.AskAsync(Id, command, wake, cancellation).ConfigureAwait(false);
            }
            catch (OutcomeUnknownException) when (command.IsIdempotent && tries < MaxRepeats && !cancellation.IsCancellationRequested)
            {
                // It does no harm to ask again.
            }
            catch (ConnectionLostException unsent) when (unsent is not OutcomeUnknownException && peer.MayComeBack)
            {
                AwaitLoss(peer);
            }

            peer = null;
        }
    }

    /// <summary>The link knows of the break a moment before its peer does.</summary>
    private static void AwaitLoss(Peer peer) => SpinWait.SpinUntil(() => peer.IsLost);

    private void CancelLocal(long call) => _here.CancelCall(new Caller(Caller.HomeProcess, call), Id);
}
