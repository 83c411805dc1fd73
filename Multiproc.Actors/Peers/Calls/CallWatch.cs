using Multiproc.States;
using Multiproc.Transport;

namespace Multiproc.Peers;

/// <summary>
/// The time limit of an awaited call, kept by the caller: its timer and its token. Reused together with its <see cref="AsyncCall"/>: a timer that fires late,
/// for an earlier use, finds that the current limit has not passed.
/// </summary>
internal sealed class CallWatch(AsyncCall call)
{
    private readonly Lock _gate = new();
    private Timer? _timer;
    private CancellationTokenRegistration _registration;
    private Peer? _peer;
    private ObjectHandle? _target;
    private IWireCommand? _command;
    private WaitLimit _limit;
    private Deadline _afterCancel;
    private long _id;

    public void Begin(Peer peer, ObjectHandle target, IWireCommand command, long id, in WaitLimit limit)
    {
        lock (_gate)
        {
            (_peer, _target, _command, _limit, _id) = (peer, target, command, limit, id);
            _afterCancel = Deadline.Never;
            if (limit.UntilNextCheck is { } first)
            {
                CheckIn(first);
            }
        }

        // Outside the gate: a token that is already cancelled runs the callback here.
        var registration = limit.Token.CanBeCanceled ? limit.Token.UnsafeRegister(static (watch, _) => ((CallWatch)watch!).OnToken(), this) : default;
        lock (_gate)
        {
            _registration = registration;
        }
    }

    /// <summary>Ends the watch; the call may be reused when this returns.</summary>
    public void End()
    {
        if (Volatile.Read(ref _id) == 0)
        {
            return; // This use had no limit.
        }

        CancellationTokenRegistration registration;
        lock (_gate)
        {
            _id = 0;
            _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            (registration, _registration) = (_registration, default);
            (_peer, _target, _command, _limit) = (null, null, null, default);
        }

        registration.Unregister();
    }

    private void OnToken()
    {
        Peer peer;
        long id;
        long target;
        lock (_gate)
        {
            if (_id == 0 || !_limit.IsCancelled)
            {
                return;
            }

            (peer, id, target) = (_peer!, _id, _target!.Id);
            _afterCancel = Deadline.In(WaitLimit.Grace);
            CheckIn(WaitLimit.Grace);
        }

        peer.SendCancel(id, target);
    }

    private void OnTime()
    {
        lock (_gate)
        {
            if (_id == 0)
            {
                return;
            }

            bool cancelled = _afterCancel.HasPassed;
            if (!cancelled && (_limit.IsCancelled || !_limit.IsOver))
            {
                if ((_limit.IsCancelled ? _afterCancel.Remaining : _limit.UntilNextCheck) is { } left)
                {
                    CheckIn(left);
                }

                return;
            }

            // Under the gate, so that nothing ends this use meanwhile. The node is told before the caller, which may ask again at once.
            if (!_peer!.TryGiveUp(call, _command, _target!, !cancelled))
            {
                return;
            }

            if (cancelled || (_limit.IsTimed && _command is ITimedCommand))
            {
                call.GiveUpWith(cancelled ? Reply.Cancelled : Reply.TimedOut);
            }
            else
            {
                call.GiveUpWith(_limit.Exceeded(_target!.ToString(), _peer.ToString()));
            }
        }
    }

    /// <summary>Adds a millisecond: the system's timers are a little early.</summary>
    private void CheckIn(TimeSpan time)
    {
        _timer ??= new Timer(static watch => ((CallWatch)watch!).OnTime(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(TimeSpan.FromMilliseconds(Math.Min(Math.Ceiling(time.TotalMilliseconds) + 1, int.MaxValue)), Timeout.InfiniteTimeSpan);
    }
}
