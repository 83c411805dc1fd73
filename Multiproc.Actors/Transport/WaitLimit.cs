using Multiproc.Transport.Linux;

namespace Multiproc.Transport;

/// <summary>
/// How long a caller itself waits for another process, whatever that process does. The other side keeps the same time and usually answers first; this ends the wait
/// when it is stopped, hangs, or its machine is away.
/// </summary>
/// <remarks>
/// A timeout above zero ends a wait <see cref="Grace"/> after its time: so long the other side's own "timed out" may take. A process of this machine that is seen to run - it starves,
/// collects garbage, has just begun to live - gets <see cref="Patience"/>: it keeps the time itself and is about to say so. A call that does not wait (a timeout of zero) still
/// needs one answer, and grants the same. A token ends a wait <see cref="Grace"/> after it fired, whatever the other side does.
/// </remarks>
internal readonly struct WaitLimit
{
    /// <summary>What an answer may be late. A wait must end within 100 ms of its time, and the thread that waits must still be scheduled.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(50);

    /// <summary>What a process that runs is granted to say that the time is over.</summary>
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

    /// <summary>What bounds the waits of this thread at the moment: for waits on the way to an object, far below the call that has the bound.</summary>
    public static WaitLimit OfThread => s_ofThread;

    /// <summary>Whether the wait may last for ever.</summary>
    public bool IsNone => _kind == 0;

    /// <summary>Whether there is a time that the caller named: its end is an ordinary "timed out".</summary>
    public bool IsTimed => _kind == WithTime;

    public CancellationToken Token { get; }

    public bool IsCancelled => Token.IsCancellationRequested;

    /// <summary>How long until somebody must look at the wait again; null for a token alone.</summary>
    public TimeSpan? UntilNextLook => IsNone ? null : _end.HasPassed ? _last.RemainingAtMost(Grace) : _kind == OneLook ? _end.RemainingAtMost(Grace) : _end.Remaining;

    /// <param name="timeout">Without a wait it is one look.</param>
    /// <param name="token">Ends the wait.</param>
    /// <param name="pid">The process that is waited for, if it is on this machine; else 0.</param>
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

    /// <summary>For a wait that may last as long as others like, but not for a process that is stopped.</summary>
    public static WaitLimit UntilStopped(int pid) => new(OneLook, Deadline.Passed, Deadline.Never, default, pid, CancellationToken.None);

    /// <summary>Bounds the waits of this thread, until the scope is disposed.</summary>
    public Scope Enter()
    {
        var before = s_ofThread;
        s_ofThread = this;
        return new Scope(before);
    }

    /// <summary>Waits for the slot, delivering messages meanwhile.</summary>
    /// <returns>False if the time is over or the token fired.</returns>
    public bool Await(WaitSlot slot)
    {
        if (IsNone)
        {
            return Reactor.Current.WaitUntil(slot, null, CancellationToken.None);
        }

        // What is delivered meanwhile on this thread has nothing to do with its bound.
        using var others = default(WaitLimit).Enter();
        while (!Reactor.Current.WaitUntil(slot, UntilNextLook, Token))
        {
            if (IsCancelled || IsOver)
            {
                return slot.IsDone;
            }
        }

        return true;
    }

    /// <summary>Whether the time has passed, and the other process is stopped or has had its patience.</summary>
    public bool IsOver => !IsNone && (_last.HasPassed || (_end.HasPassed && OtherProcess.IsStopped(_pid)));

    /// <summary>Enters a monitor that another thread may hold while it waits for the same process.</summary>
    public void EnterMonitor(object gate, string what, string who)
    {
        if (IsNone)
        {
            Monitor.Enter(gate);
            return;
        }

        while (!Monitor.TryEnter(gate, UntilNextLook is { } next && next < Grace ? next : Grace))
        {
            if (IsCancelled || IsOver)
            {
                Throw(what, who);
            }
        }
    }

    /// <exception cref="OperationCanceledException">The token fired.</exception>
    /// <exception cref="MultiprocTimeoutException">It did not.</exception>
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
        return new MultiprocTimeoutException($"{what}: {who} {state}. The call was given up, and what it would have got stays there. Let the process go on, or end it, then try again.")
        {
            IsOfLimit = true,
        };
    }

    /// <summary>Ends what <see cref="Enter"/> began.</summary>
    public readonly struct Scope : IDisposable
    {
        private readonly WaitLimit _before;

        public Scope(WaitLimit before) => _before = before;

        public void Dispose() => s_ofThread = _before;
    }
}
