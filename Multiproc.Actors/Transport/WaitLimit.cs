using Multiproc.Transport.Linux;

namespace Multiproc.Transport;

/// <summary>
/// Limits how long a caller waits for another process, whatever that process does. The other side applies the same timeout and usually replies first; this
/// limit ends the wait if the other process is stopped or hangs, or its machine is unreachable.
/// </summary>
/// <remarks>
/// A timeout above zero ends a wait <see cref="Grace"/> after its time, which leaves the other side time for its own "timed out" reply. A process of this
/// machine that is running - it may be starved of processor time, collecting garbage, or starting - gets <see cref="Patience"/>, since it applies the timeout
/// itself and is about to reply. A call that does not wait (a timeout of zero) needs one reply, and grants the same. A token ends a wait <see cref="Grace"/>
/// after its cancellation, whatever the other side does.
/// </remarks>
internal readonly struct WaitLimit
{
    /// <summary>How late a reply may be. A wait must end within 100 ms of its time, and the waiting thread must still be scheduled.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(50);

    /// <summary>The time granted to a running process to reply that the timeout has expired.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private const byte WithToken = 1;
    private const byte WithTime = 2;
    private const byte OneLook = 3;

    [ThreadStatic]
    private static WaitLimit s_ofThread;

    private readonly byte _kind;
    private readonly int _pid;
    private readonly Deadline _end;
    private readonly Deadline _last;
    private readonly WaitTimeout _time;

    private WaitLimit(byte kind, Deadline end, Deadline last, WaitTimeout time, int pid, CancellationToken token)
    {
        _kind = kind;
        _end = end;
        _last = last;
        _time = time;
        _pid = pid;
        Token = token;
    }

    /// <summary>The current wait limit of this thread, for waits deep below the call that has the limit.</summary>
    public static WaitLimit OfThread => s_ofThread;

    /// <summary>Whether the wait is unlimited.</summary>
    public bool IsNone => _kind == 0;

    /// <summary>Whether the caller gave a timeout, whose expiry is an ordinary "timed out".</summary>
    public bool IsTimed => _kind == WithTime;

    public CancellationToken Token { get; }

    public bool IsCancelled => Token.IsCancellationRequested;

    /// <summary>The time until the wait must be checked again; null for a token alone.</summary>
    public TimeSpan? UntilNextCheck =>
        IsNone ? null : _end.HasPassed ? _last.RemainingAtMost(Grace) : _kind == OneLook ? _end.RemainingAtMost(Grace) : _end.Remaining;

    /// <param name="timeout">The timeout; zero checks once.</param>
    /// <param name="token">Ends the wait.</param>
    /// <param name="pid">The process that is waited for, if it is on this machine; otherwise 0.</param>
    public static WaitLimit Of(WaitTimeout timeout, CancellationToken token, int pid)
    {
        if (timeout.IsInfinite)
        {
            return token.CanBeCanceled ? new WaitLimit(WithToken, Deadline.Never, Deadline.Never, timeout, pid, token) : default;
        }

        return timeout.MayWait
            ? new WaitLimit(WithTime, Deadline.In(timeout.Plus(Grace)), Deadline.In(timeout.Plus(pid > 0 ? Patience : Grace)), timeout, pid, token)
            : new WaitLimit(OneLook, Deadline.In(Grace), Deadline.In(Patience), timeout, pid, token);
    }

    /// <summary>Returns the limit of a wait that has no timeout, but ends if the other process is stopped.</summary>
    public static WaitLimit UntilStopped(int pid) => new(OneLook, Deadline.Passed, Deadline.Never, default, pid, CancellationToken.None);

    /// <summary>Limits the waits of this thread until the scope is disposed.</summary>
    public Scope Enter()
    {
        var before = s_ofThread;
        s_ofThread = this;
        return new Scope(before);
    }

    /// <summary>Waits for the slot, delivering messages meanwhile.</summary>
    /// <returns>False if the timeout expired or the token was canceled.</returns>
    public bool Await(WaitSlot slot)
    {
        if (IsNone)
        {
            return Reactor.Current.WaitUntil(slot, null, CancellationToken.None);
        }

        // Handlers that run on this thread meanwhile are not subject to its limit.
        using var others = default(WaitLimit).Enter();
        while (!Reactor.Current.WaitUntil(slot, UntilNextCheck, Token))
        {
            if (IsCancelled || IsOver)
            {
                return slot.IsDone;
            }
        }

        return true;
    }

    /// <summary>Whether the timeout has expired, and the other process is stopped or its patience is used up.</summary>
    public bool IsOver => !IsNone && (_last.HasPassed || (_end.HasPassed && OtherProcess.IsStopped(_pid)));

    /// <summary>Enters a monitor that another thread may hold while it waits for the same process.</summary>
    public void EnterMonitor(object gate, string what, string who)
    {
        if (IsNone)
        {
            Monitor.Enter(gate);
            return;
        }

        while (!Monitor.TryEnter(gate, UntilNextCheck is { } next && next < Grace ? next : Grace))
        {
            if (IsCancelled || IsOver)
            {
                Throw(what, who);
            }
        }
    }

    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    /// <exception cref="MultiprocTimeoutException">The timeout expired.</exception>
    public void Throw(string what, string who)
    {
        if (IsCancelled)
        {
            throw new OperationCanceledException($"{what} was cancelled while it waited for {who}.", Token);
        }

        throw Exceeded(what, who);
    }

    public MultiprocTimeoutException Exceeded(string what, string who)
    {
        WaitTimeout silence = IsTimed ? _time : Patience;
        string state = OtherProcess.IsStopped(_pid) ? "is stopped (by SIGSTOP or a debugger) and cannot answer" : $"did not answer for {silence}";
        return new MultiprocTimeoutException(
            $"{what}: {who} {state}. The call was given up, and what it would have got stays there. Let the process go on, or end it, then try again.")
        {
            IsOfLimit = true,
        };
    }

    /// <summary>Ends the scope of <see cref="Enter"/>.</summary>
    public readonly struct Scope : IDisposable
    {
        private readonly WaitLimit _before;

        public Scope(WaitLimit before) => _before = before;

        public void Dispose() => s_ofThread = _before;
    }
}
