using Multiproc.Cluster.Sessions;
using Multiproc.States;

namespace Multiproc.Cluster.Gateways;

/// <summary>
/// A node's side of one session: numbers the steps of its processes, and sends each again until it is answered. Pure: the shell sends, replies and keeps the
/// time. Messages may be lost, delayed, repeated and reordered, and there may be no entity, or several.
/// </summary>
/// <param name="session">The session.</param>
/// <param name="spec">What the object is opened as.</param>
/// <param name="incarnation">Which object of the name it goes on with; 0 to open whichever there is, and to create it if there is none.</param>
internal sealed class GatewayCore(SessionId session, ObjectSpec spec, long incarnation = 0)
{
    /// <summary>How long a message may be unanswered until it is sent again.</summary>
    public static readonly long ResendAfter = TimeSpan.FromMilliseconds(300).Ticks;

    /// <summary>How often the entity is asked for results of steps that wait. This also wakes an object whose owner died.</summary>
    public static readonly long ProbeEvery = TimeSpan.FromMilliseconds(500).Ticks;

    /// <summary>How long past its timeout a call is left to the entity, whose reply also says what became of it.</summary>
    public static readonly long Slack = TimeSpan.FromSeconds(1).Ticks;

    private const int MostSent = 256;

    private readonly SortedDictionary<long, Outstanding> _steps = [];
    private readonly Dictionary<long, Outstanding> _queries = [];
    private readonly HashSet<int> _processes = [];
    private long _wanted = Math.Max(1, incarnation);
    private Instant _askedToOpen;
    private Instant _probed;
    private long _lastNumber;
    private long _lastQuery;
    private Reply? _ended;
    private Reply? _over;

    public SessionId Session => session;

    /// <summary>The entity's reply to the opening; null before it came.</summary>
    public Reply? Opened { get; private set; } = incarnation > 0 ? Reply.Of(incarnation) : null;

    /// <summary>Which object of the name it is; 0 before it was opened.</summary>
    public long Incarnation { get; private set; } = incarnation;

    /// <summary>Whether the object has ended: no call of this session will be carried out any more.</summary>
    public bool IsOver => _over is not null;

    /// <summary>Whether the object has given up this session: it must be ended, and calls go on with a new one.</summary>
    public bool IsLost { get; private set; }

    public bool IsIdle => Opened is not null && _steps.Count == 0 && _queries.Count == 0;

    private long Floor
    {
        get
        {
            foreach (var first in _steps)
            {
                return first.Key;
            }

            return _lastNumber + 1;
        }
    }

    /// <summary>Asks the entity to open the object.</summary>
    public void Open(Instant now, GatewayEffects effects)
    {
        _askedToOpen = now;
        effects.Sends.Add(new ToEntity.Open(session, _wanted, spec));
    }

    /// <summary>A process sends a command.</summary>
    /// <param name="caller">The process and its call.</param>
    /// <param name="body">The command in its wire form.</param>
    /// <param name="isRead">Whether it only reads.</param>
    /// <param name="deadline">When its timeout has passed; never when it has none.</param>
    /// <param name="now">The node's time.</param>
    /// <param name="effects">What to do.</param>
    public void Call(Caller caller, ReadOnlyMemory<byte> body, bool isRead, Instant deadline, Instant now, GatewayEffects effects)
    {
        if ((_ended ?? _over) is { } ended)
        {
            effects.Replies.Add((caller, ended));
            return;
        }

        var step = new SessionStep(StepKind.Command, caller.Process, caller.Call, body);
        if (isRead)
        {
            var query = new Outstanding(new ToEntity.Query(session, Incarnation, ++_lastQuery, _lastNumber, step), caller, now, deadline);
            _queries.Add(_lastQuery, query);
            effects.Sends.Add(query.Message);
        }
        else
        {
            _processes.Add(caller.Process);
            Submit(step, caller, deadline, now, effects);
        }
    }

    /// <summary>The callers of a process that wait.</summary>
    public Caller[] WaitersOf(int process) =>
        [.. _steps.Values.Concat(_queries.Values).Select(static each => each.Caller).Where(each => each.Process == process && each.WantsReply)];

    /// <summary>A caller no longer wants to wait. It still gets a reply.</summary>
    public void Cancel(Caller caller, Instant now, GatewayEffects effects)
    {
        if (!EndQuery(caller, Reply.Cancelled, effects))
        {
            Submit(new SessionStep(StepKind.Cancel, caller.Process, caller.Call, default), default, Instant.Never, now, effects);
        }
    }

    /// <summary>A caller has gone on without its reply.</summary>
    public void GiveUp(Caller caller, bool timedOut, Instant now, GatewayEffects effects)
    {
        if (!EndQuery(caller, Reply.Cancelled, effects))
        {
            var kind = timedOut ? StepKind.GiveUpLate : StepKind.GiveUpCancelled;
            Submit(new SessionStep(kind, caller.Process, caller.Call, default), default, Instant.Never, now, effects);
        }
    }

    /// <summary>A process of this node has ended.</summary>
    public void ProcessGone(int process, Instant now, GatewayEffects effects)
    {
        foreach (long query in _queries.Where(each => each.Value.Caller.Process == process).Select(static each => each.Key).ToArray())
        {
            _queries.Remove(query);
        }

        // A process that sent nothing left nothing.
        if (_ended is null && _processes.Remove(process))
        {
            Submit(new SessionStep(StepKind.ProcessGone, process, 0, default), default, Instant.Never, now, effects);
        }
    }

    public void Receive(ToGateway message, Instant now, GatewayEffects effects)
    {
        switch (message)
        {
            case ToGateway.Opened opened:
                Receive(opened.Reply, now, effects);
                break;
            case ToGateway.Replied replied:
                Accept(replied.Number);
                if (_steps.Remove(replied.Number, out var step))
                {
                    effects.Replies.Add((step.Caller, replied.Reply));
                }

                break;
            case ToGateway.Answered answered:
                if (_queries.Remove(answered.Id, out var query))
                {
                    effects.Replies.Add((query.Caller, answered.Reply));
                }

                break;
            case ToGateway.Progress progress:
                Accept(progress.Accepted);
                break;
            case ToGateway.Gone gone:
                Receive(gone, effects);
                break;
            case ToGateway.Ended:
                IsLost = true;
                break;
        }
    }

    private void Receive(Reply opened, Instant now, GatewayEffects effects)
    {
        if (Opened is not null)
        {
            return;
        }

        if (opened.Status == ReplyStatus.ObjectGone)
        {
            // There is none: the next one may be made. What came late says what is known already.
            if (opened.Number >= _wanted)
            {
                _wanted = opened.Number + 1;
                Open(now, effects);
            }
        }
        else
        {
            Opened = opened;
            Incarnation = opened.Status == ReplyStatus.Ok ? opened.Number : 0;
        }
    }

    /// <summary>The object has ended. What it did before is told still, or is not known if it was in memory.</summary>
    private void Receive(ToGateway.Gone gone, GatewayEffects effects)
    {
        string reason = TextOf(gone.Reason);
        bool mayBeLost = spec.IsVolatile && gone.Reason is EndReason.Lost or EndReason.Unknown;
        _over ??= mayBeLost ? Reply.Lost(reason) : Reply.ObjectGone with { Reason = reason };
        var ofCalls = spec.IsVolatile
            ? Reply.OutcomeUnknown($"{reason} The call may have been carried out before that.")
            : _over.Value;
        foreach (var (number, step) in _steps.Where(each => each.Key > gone.After || spec.IsVolatile).ToArray())
        {
            _steps.Remove(number);
            effects.Replies.Add((step.Caller, ofCalls));
        }

        foreach (var query in _queries.Values)
        {
            effects.Replies.Add((query.Caller, _over.Value));
        }

        _queries.Clear();
    }

    private string TextOf(EndReason reason) => $"'{spec.Name}' " + reason switch
    {
        EndReason.Deleted => "was deleted.",
        EndReason.Expired => $"was deleted, because nobody had used it for {TimeSpan.FromTicks(spec.ExpireAfter)}.",
        EndReason.Lost => "was kept in the memory of a node that is gone, and is lost with it.",
        _ => spec.IsVolatile ? "was deleted, or lost with the node that had it in memory." : "was deleted.",
    } + " Open the name again for a new one.";

    /// <summary>Sends again what is unanswered. Called a few times a second.</summary>
    public void Tick(Instant now, GatewayEffects effects)
    {
        if (Opened is null && _ended is null && IsOld(_askedToOpen, now, ResendAfter))
        {
            Open(now, effects);
        }

        EndOverdue(now, effects);
        SendAgain(_steps.Values, now, effects);
        SendAgain(_queries.Values, now, effects);
        if (_steps.Count > 0 && IsOld(_probed, now, ProbeEvery))
        {
            _probed = now;
            long[] waiting = [.. _steps.Keys.Take(MostSent)];
            effects.Sends.Add(new ToEntity.Probe(session, Incarnation, waiting.Length < _steps.Count ? waiting[^1] : _lastNumber, waiting));
        }
    }

    /// <summary>The session is over: what waits is told that its outcome is unknown, and what comes that it was not done.</summary>
    public void End(string reason, GatewayEffects effects)
    {
        _ended ??= Reply.Lost(reason);
        Opened ??= _ended;
        foreach (var step in _steps.Values)
        {
            effects.Replies.Add((step.Caller, Reply.OutcomeUnknown($"{reason} The call may have been carried out, or not: look at the object, and decide.")));
        }

        foreach (var query in _queries.Values)
        {
            effects.Replies.Add((query.Caller, Reply.Lost(reason)));
        }

        _steps.Clear();
        _queries.Clear();
    }

    private void Submit(SessionStep step, Caller caller, Instant deadline, Instant now, GatewayEffects effects)
    {
        if (_ended is not null || _over is not null)
        {
            return;
        }

        // The floor of a step that is sent again may be old, which does no harm: it is only how much need not be kept.
        long number = ++_lastNumber;
        var sent = new Outstanding(new ToEntity.Submit(session, Incarnation, number, _steps.Count == 0 ? number : Floor, step), caller, now, deadline);
        _steps.Add(_lastNumber, sent);
        effects.Sends.Add(sent.Message);
    }

    private void Accept(long upTo)
    {
        foreach (var (number, step) in _steps)
        {
            if (number > upTo)
            {
                break;
            }

            step.IsAccepted = true;
        }
    }

    private bool EndQuery(Caller caller, Reply reply, GatewayEffects effects)
    {
        foreach (var (id, query) in _queries)
        {
            if (query.Caller == caller)
            {
                effects.Replies.Add((caller, reply));
                return _queries.Remove(id);
            }
        }

        return false;
    }

    private void EndOverdue(Instant now, GatewayEffects effects)
    {
        foreach (var step in _steps.Values.Where(each => each.Caller.WantsReply && IsOld(each.Deadline, now, Slack)).ToArray())
        {
            var caller = step.Caller;
            step.Caller = default;
            effects.Replies.Add((caller, Reply.TimedOut));
            GiveUp(caller, timedOut: true, now, effects);
        }
    }

    private static void SendAgain(IEnumerable<Outstanding> all, Instant now, GatewayEffects effects)
    {
        foreach (var each in all.Where(each => !each.IsAccepted && IsOld(each.Sent, now, ResendAfter)).Take(MostSent))
        {
            each.Sent = now;
            effects.Sends.Add(each.Message);
        }
    }

    private static bool IsOld(Instant moment, Instant now, long than) => !moment.IsNever && now.Ticks - moment.Ticks >= than;

    private sealed class Outstanding(ToEntity message, Caller caller, Instant sent, Instant deadline)
    {
        public ToEntity Message => message;

        public Caller Caller { get; set; } = caller;

        public Instant Sent { get; set; } = sent;

        public Instant Deadline => deadline;

        public bool IsAccepted { get; set; }
    }
}
