using Multiproc.States;
using Multiproc.Transport;

namespace Multiproc.Peers;

/// <summary>
/// A call that waits for its reply. Its id names its place in the <see cref="CallTable"/> and a generation, so a late reply to an earlier call finds nothing.
/// The reply, the loss of the peer and giving up race for the call; the first to claim its id wins.
/// </summary>
internal abstract class PendingCall(int index)
{
    private long _generation;
    private long _open;

    /// <summary>Unique in this process while the call is open; never 0.</summary>
    public long Id { get; private set; }

    public int Index { get; } = index;

    /// <summary>The peer that owes the reply; null when the object lives in this process.</summary>
    public Peer? Peer { get; private set; }

    public void Open(Peer? peer)
    {
        Peer = peer;
        Id = CallTable.MakeId(++_generation, Index);
        Volatile.Write(ref _open, Id);
    }

    public bool TryFinish(long id, in Reply reply)
    {
        if (!Claim(id))
        {
            return false;
        }

        OnReply(reply);
        return true;
    }

    public bool TryFail(long id, Exception reason)
    {
        if (!Claim(id))
        {
            return false;
        }

        OnFailure(reason);
        return true;
    }

    /// <summary>Withdraws the call when it could not be sent.</summary>
    public bool Claim(long id) => Interlocked.CompareExchange(ref _open, 0, id) == id;

    /// <summary>Makes the waiting thread report where in the code it waits; false when no thread is blocked by this call, or no longer.</summary>
    public virtual bool TryAskSite(long id, Action<string?> tell) => false;

    protected bool IsOpen(long id) => Volatile.Read(ref _open) == id;

    protected abstract void OnReply(in Reply reply);

    protected abstract void OnFailure(Exception reason);
}

/// <summary>The call of a blocked thread; one for each thread, reused.</summary>
internal sealed class BlockingCall(int index) : PendingCall(index)
{
    private readonly WaitSlot _done = new();
    private Reply _reply;
    private Exception? _failure;

    public bool InUse { get; private set; }

    /// <summary>How long the caller waits at most, and what happens to a reply after that; set before the wait.</summary>
    public WaitLimit Limit { get; set; }

    /// <summary>The command of the call, for what must be done when the call is given up.</summary>
    public IWireCommand? Command { get; set; }

    public void Begin(Peer? peer)
    {
        InUse = true;
        Limit = default;
        _done.Reset();
        _failure = null;
        Open(peer);
    }

    /// <summary>Waits for the reply, delivering this process's messages meanwhile; asks the node to cancel the call on cancellation.</summary>
    public Reply Wait(Action<long>? cancelCall, CancellationToken cancellation)
    {
        try
        {
            if (!_done.IsDone && !Reactor.Current.WaitUntil(_done, null, cancellation))
            {
                cancelCall?.Invoke(Id);
                Reactor.Current.WaitUntil(_done, null, CancellationToken.None);
            }

            if (_failure is not null)
            {
                throw _failure;
            }

            return _reply;
        }
        finally
        {
            End();
        }
    }

    /// <summary>
    /// Waits for the reply up to the caller's own time limit. The node keeps the limit too and usually replies first; when it does not reply even then, the
    /// call is given up. The first to claim the call, the reply or this thread, decides.
    /// </summary>
    /// <exception cref="MultiprocTimeoutException">A command without a timeout of its own got no reply within the limit.</exception>
    public Reply WaitWithin(Peer peer, ObjectHandle target)
    {
        var limit = Limit;
        if (limit.IsNone)
        {
            return Wait(null, CancellationToken.None);
        }

        if (!_done.IsDone && !limit.Await(_done))
        {
            bool cancelled = limit.IsCancelled;
            if (cancelled)
            {
                peer.SendCancel(Id, target.Id);
                Reactor.Current.WaitUntil(_done, WaitLimit.Grace, CancellationToken.None);
            }

            if (!_done.IsDone && peer.TryGiveUp(this, Command, target, !cancelled))
            {
                long id = Id;
                bool timed = limit.IsTimed && Command is ITimedCommand;
                End();
                return cancelled ? Reply.Cancelled with { Call = id }
                    : timed ? Reply.TimedOut with { Call = id }
                    : throw limit.Exceeded(target.ToString(), peer.ToString());
            }
        }

        // Replied to, or claimed by the thread that hands over the reply at this moment.
        return Wait(null, CancellationToken.None);
    }

    /// <summary>Reports the place in the code; null when the call was over before the thread got to it.</summary>
    public override bool TryAskSite(long id, Action<string?> tell)
    {
        if (!IsOpen(id))
        {
            return false;
        }

        _done.Send(() => tell(IsOpen(id) ? CallSite.OfThisThread() : null));
        return true;
    }

    public void End()
    {
        _reply = default;
        Command = null;
        InUse = false;
    }

    protected override void OnReply(in Reply reply)
    {
        _reply = reply with { Call = Id };
        _done.Complete();
    }

    protected override void OnFailure(Exception reason)
    {
        _failure = reason;
        _done.Complete();
    }
}
