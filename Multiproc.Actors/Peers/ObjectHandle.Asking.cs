using Multiproc.Serialization;
using Multiproc.States;
using Multiproc.Transport;
using Multiproc.Transport.Tcp;

namespace Multiproc.Peers;

/// <content>Calls and messages to the object, over whatever connection there is.</content>
internal sealed partial class ObjectHandle
{
    /// <summary>How often an idempotent command is retried: a network that breaks under each attempt has other problems.</summary>
    private const int MaxRepeats = 8;

    public Reply Ask(IWireCommand command, CancellationToken cancellation) =>
        RepeatsUnknown ? AskUntilKnown(command, cancellation) : AskOnce(command, cancellation);

    private Reply AskOnce(IWireCommand command, CancellationToken cancellation)
    {
        ThrowIfDisposed();
        cancellation.ThrowIfCancellationRequested();
        if (_isLocal)
        {
            return Finish(Start(command), cancellation);
        }

        var limit = LimitOf(command, cancellation);
        return limit.IsNone ? AskNow(command, limit, cancellation) : AskWithin(command, limit);
    }

    /// <summary>
    /// How long a caller of this object waits at most: the command's timeout and the token; for a command that is sent on behalf of another one, the limit of
    /// that one.
    /// </summary>
    public WaitLimit LimitOf(IWireCommand command, CancellationToken cancellation)
    {
        var timeout = command is ITimedCommand timed ? timed.Timeout : WaitTimeout.Infinite;
        return timeout.IsInfinite && !cancellation.CanBeCanceled ? WaitLimit.OfThread : WaitLimit.Of(timeout, cancellation, NearPid);
    }

    /// <summary>How long a caller with this timeout and token waits at most.</summary>
    public WaitLimit LimitFor(WaitTimeout timeout, CancellationToken cancellation) => WaitLimit.Of(timeout, cancellation, NearPid);

    /// <summary>The limit for a wait for others, by a caller whose own limit has passed.</summary>
    public WaitLimit LimitUntilStopped() => _isLocal ? default : WaitLimit.UntilStopped(NearPid);

    /// <summary>The process to check for being stopped when it does not reply; 0 for one on another machine.</summary>
    private int NearPid =>
        _peer is { } peer ? (peer.SharesMachine ? _node!.Pid : 0) : _node is { } node && RemoteEndpoint.TryParse(node.Endpoint) is null ? node.Pid : 0;

    private Reply AskWithin(IWireCommand command, in WaitLimit limit)
    {
        using (limit.Enter())
        {
            try
            {
                return AskNow(command, limit, limit.Token);
            }
            catch (MultiprocTimeoutException passed) when (passed.IsOfLimit && limit.IsTimed && command is ITimedCommand)
            {
                // Not sent: there was no connection, or no room in it.
                return Reply.TimedOut;
            }
        }
    }

    private Reply AskNow(IWireCommand command, in WaitLimit limit, CancellationToken cancellation)
    {
        for (int tries = 0; ; tries++)
        {
            try
            {
                return Finish(Start(command, Wake.Always, limit), cancellation);
            }
            catch (OutcomeUnknownException) when (command.IsIdempotent && tries < MaxRepeats && !cancellation.IsCancellationRequested)
            {
                // Idempotent: it may be sent again.
            }
        }
    }

    /// <summary>The first half of <see cref="Ask"/>: the command is sent when this returns.</summary>
    /// <param name="command">The command.</param>
    /// <param name="wake">Whether a sleeping node is woken.</param>
    /// <param name="limit">How long the second half waits.</param>
    public BlockingCall Start(IWireCommand command, Wake wake = Wake.Always, in WaitLimit limit = default)
    {
        ThrowIfDisposed();
        if (!_isLocal)
        {
            var asked = Peer is { SharesMachine: true } near
                ? near.StartAsk(Id, command, wake)
                : OverAnyConnection((Handle: this, Command: command, Wake: wake), static (peer, ask) => peer.StartAsk(ask.Handle.Id, ask.Command, ask.Wake));
            if (!limit.IsNone)
            {
                asked.Limit = limit;
                asked.Command = command;
            }

            return asked;
        }

        var call = CallTable.Current.BeginBlocking(null);
        DeliverLocal(call, command);
        return call;
    }

    /// <summary>
    /// Starts a command that must be sent whatever happens, since its caller has left a mark in shared memory: when there is no room, the command itself waits
    /// for room.
    /// </summary>
    public BlockingCall StartSurely(IWireCommand command, Wake wake, in WaitLimit limit)
    {
        if (limit.IsNone || _isLocal)
        {
            return Start(command, wake, limit);
        }

        _ = Peer; // A handler must not wait for a connection.
        using (Reactor.EnterHandler())
        {
            return Start(command, wake, limit);
        }
    }

    /// <summary>The second half of <see cref="Ask"/>, on the same thread: waits for the reply.</summary>
    public Reply Finish(BlockingCall call, CancellationToken cancellation) => _isLocal
        ? call.Wait(cancellation.CanBeCanceled ? CancelLocal : null, cancellation)
        : call.WaitWithin(_peer!, this);

    public ValueTask<Reply> AskAsync(IWireCommand command, CancellationToken cancellation) =>
        RepeatsUnknown ? AskUntilKnownAsync(command, cancellation) : AskOnceAsync(command, cancellation);

    private ValueTask<Reply> AskOnceAsync(IWireCommand command, CancellationToken cancellation)
    {
        ThrowIfDisposed();
        return cancellation.IsCancellationRequested ? ValueTask.FromCanceled<Reply>(cancellation) : StartAsync(command, Wake.Always, cancellation);
    }

    /// <summary>Sends a command without checking the token first, and completes with the reply: the command is sent when this returns.</summary>
    public ValueTask<Reply> StartAsync(IWireCommand command, Wake wake, CancellationToken cancellation)
    {
        ThrowIfDisposed();
        if (!_isLocal)
        {
            var limit = LimitOf(command, cancellation);
            if (!limit.IsNone && !IsConnected)
            {
                return AskUnconnectedAsync(command, wake, limit);
            }

            var peer = _peer is { IsLost: true, MayComeBack: true } ? null : Peer;
            return peer is not { SharesMachine: true } ? AskFarAsync(peer, command, wake, limit)
                : limit.IsNone ? peer.AskAsync(this, command, wake, limit)
                : SendWithin(peer, command, wake, limit);
        }

        var call = CallTable.Current.RentAsync();
        var reply = call.Begin(null);
        long begun = call.Id;
        DeliverLocal(call, command);

        // After the command: a cancellation that overtakes it finds nothing to cancel.
        call.CancelWith(CancelLocal, begun, cancellation);
        return reply;
    }

    /// <summary>The asynchronous form of <see cref="StartSurely"/>.</summary>
    public ValueTask<Reply> StartSurelyAsync(IWireCommand command, Wake wake, CancellationToken cancellation)
    {
        if (_isLocal || LimitOf(command, cancellation).IsNone)
        {
            return StartAsync(command, wake, cancellation);
        }

        _ = Peer; // A handler must not wait for a connection.
        ValueTask<Reply> begun;
        using (Reactor.EnterHandler())
        {
            begun = StartAsync(command, wake, cancellation);
        }

        return begun;
    }

    /// <summary>Sends a command without a reply.</summary>
    public void Tell(IWireCommand command, Wake wake = Wake.Always)
    {
        ThrowIfDisposed();
        if (_isLocal)
        {
            _here.DeliverLocal(new Caller(_guest, 0), Id, command);
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

    /// <summary>
    /// Begins a message of <see cref="Tell"/> in the caller's own writer, for an object in another process of this machine; the caller writes the command next.
    /// </summary>
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
    /// Sends a command that gives something back, if the object still exists. It is sent even after this handle was disposed, since what the process holds must
    /// come back; when the object is gone, there is nothing to give back to.
    /// </summary>
    public void TryTell(IWireCommand command)
    {
        if (_isLocal)
        {
            _here.DeliverLocal(new Caller(_guest, 0), Id, command);
        }
        else if ((_peer is { IsLost: false } connected ? connected : _here.Peers.Known(_node!)) is { } peer)
        {
            peer.TryTell(Id, command);
        }
    }

    /// <summary>Makes this node read messages that were sent to it without a wake, on this thread or on the leading one.</summary>
    public void ReadWhatCame()
    {
        if (_isLocal)
        {
            Reactor.Current.Poll();
        }
    }

    /// <summary>Sends over the next connection what was not sent because the connection to another machine broke: nobody has acted on it.</summary>
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

    private bool IsConnected => _peer is { } known ? !(known.IsLost && known.MayComeBack) : _here.Peers.Known(_node!) is not null;

    /// <summary>
    /// Connects within a time limit. A stopped node accepts connections but never replies, so a caller with a limit waits for a thread that connects.
    /// </summary>
    private async ValueTask<Reply> AskUnconnectedAsync(IWireCommand command, Wake wake, WaitLimit limit)
    {
        var connecting = ConnectApart();
        while (!connecting.IsCompleted)
        {
            var next = limit.UntilNextCheck ?? Timeout.InfiniteTimeSpan;
            await Task.WhenAny(connecting, Task.Delay(next, limit.Token)).ConfigureAwait(false);
            if (!connecting.IsCompleted && (limit.IsCancelled || limit.IsOver))
            {
                return limit.IsCancelled ? Reply.Cancelled
                    : limit.IsTimed && command is ITimedCommand ? Reply.TimedOut
                    : throw limit.Exceeded(ToString(), _node!.ToString());
            }
        }

        _peer = await connecting.ConfigureAwait(false);
        return await (
            _peer is { SharesMachine: true } near ? SendWithin(near, command, wake, limit) : AskFarAsync(_peer, command, wake, limit)).ConfigureAwait(false);
    }

    /// <summary>Sends, waiting for room if needed on the caller's thread, but no longer than its limit.</summary>
    private ValueTask<Reply> SendWithin(Peer peer, IWireCommand command, Wake wake, in WaitLimit limit)
    {
        ValueTask<Reply> begun;
        using (limit.Enter())
        {
            begun = peer.AskAsync(this, command, wake, limit);
        }

        return begun;
    }

    /// <summary>
    /// Connects once for all waiting callers, on a thread of its own, for as long as a connection may take: it is ready when the node resumes.
    /// </summary>
    private Task<Peer> ConnectApart() =>
        Task.Factory.StartNew(() => _here.Reach(_node!), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Connects within the time limit of this thread.</summary>
    /// <exception cref="MultiprocTimeoutException">The node did not accept the connection in time.</exception>
    private Peer ConnectWithin(in WaitLimit limit)
    {
        if (_here.Peers.Known(_node!) is { } known)
        {
            return known;
        }

        var done = new WaitSlot();
        var connecting = ConnectApart();
        _ = connecting.ContinueWith(_ => done.Complete(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        if (!limit.Await(done))
        {
            limit.Throw($"Connecting to {this}", _node!.ToString());
        }

        return connecting.GetAwaiter().GetResult();
    }

    /// <summary>Reconnects, which takes a while and so is not done on the caller's thread.</summary>
    private async ValueTask<Reply> AskFarAsync(Peer? peer, IWireCommand command, Wake wake, WaitLimit limit)
    {
        var cancellation = limit.Token;
        for (int tries = 0; ; tries++)
        {
            peer ??= await Task.Run(() => Peer, cancellation).ConfigureAwait(false);
            try
            {
                return await SendWithin(peer, command, wake, limit).ConfigureAwait(false);
            }
            catch (OutcomeUnknownException) when (command.IsIdempotent && tries < MaxRepeats && !cancellation.IsCancellationRequested)
            {
                // Idempotent: it may be sent again.
            }
            catch (ConnectionLostException unsent) when (unsent is not OutcomeUnknownException && peer.MayComeBack)
            {
                AwaitLoss(peer);
            }

            peer = null;
        }
    }

    /// <summary>Waits until the peer knows of the break: the link knows a moment earlier.</summary>
    private static void AwaitLoss(Peer peer) => SpinWait.SpinUntil(() => peer.IsLost);

    private void DeliverLocal(PendingCall call, IWireCommand command)
    {
        if (_guest == 0)
        {
            _here.DeliverLocal(new Caller(Caller.LocalProcess, call.Id), Id, command);
        }
        else
        {
            _here.DeliverFor(_guest, call, Id, command);
        }
    }

    private void CancelLocal(long call) => _here.CancelCall(new Caller(_guest, call), Id);
}
