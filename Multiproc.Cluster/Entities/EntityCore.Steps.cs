using Multiproc.Cluster.Journal;
using Multiproc.Cluster.Sessions;
using Multiproc.States;

namespace Multiproc.Cluster.Entities;

/// <content>What records do: the same live and by replay.</content>
internal sealed partial class EntityCore
{
    private readonly Dictionary<SessionId, Session> _sessions = [];
    private readonly EndedSessions _ended = new();

    /// <summary>The steps that wait for a reply of the state, by the caller that the state knows.</summary>
    private readonly Dictionary<Caller, (Session Session, long Number)> _waiting = [];
    private EntityObject? _object;

    /// <summary>About what a record has beside its command.</summary>
    private const int RecordOverhead = 100;

    private string? _failure;
    private int _lastProcess;
    private Instant _deadline = Instant.Never;

    private void Apply(JournalRecord record, EntityEffects? effects)
    {
        _clock.Pass(record.At);
        switch (record)
        {
            case JournalRecord.Created created:
                Apply(created, isLive: effects is not null);
                break;
            case JournalRecord.Ended ended:
                Apply(ended, effects);
                break;
            case JournalRecord.HandedOver handed:
                Apply(handed, effects);
                break;
            case JournalRecord.TakenOver taken:
                Apply(taken, isLive: effects is not null);
                break;
            case JournalRecord.Stepped stepped:
                Apply(stepped, effects);
                break;
            case JournalRecord.NodeGone gone:
                foreach (var session in _sessions.Values.Where(each => each.Id.Node == gone.Node).OrderBy(static each => each.Id.Number).ToArray())
                {
                    foreach (int process in session.Processes)
                    {
                        EndProcess(process, gone.At, effects, reply: null);
                    }

                    _sessions.Remove(session.Id);
                    _ended.Add(session.Id);
                    effects?.Sends.Add(new ToGateway.Ended(session.Id));
                }

                break;
            case JournalRecord.DeadlinePassed passed:
                _armed = _deadline = Instant.Never;
                Step(default, new LifecycleEvent.DeadlinePassed(), passed.At, effects);
                break;
        }
    }

    private void Apply(JournalRecord.Stepped stepped, EntityEffects? effects)
    {
        if (_ended.Contains(stepped.Session))
        {
            // It was on its way to the journal together with the end of its session.
            effects?.Sends.Add(new ToGateway.Ended(stepped.Session));
            return;
        }

        var session = Enter(stepped.Session);
        session.Apply(stepped.Number, stepped.Floor);
        _bytesSince += stepped.Step.Body.Length + RecordOverhead;
        var step = stepped.Step;
        if (step.Kind == StepKind.ProcessGone)
        {
            if (session.Find(step.Process) is > 0 and int process)
            {
                // Nobody waits for these replies, except the stand-in, which sends until it has one.
                EndProcess(process, stepped.At, effects, Reply.Cancelled);
                session.Remove(step.Process);
            }

            Finish(session, stepped.Number, Reply.Done, effects);
            return;
        }

        if (session.Find(step.Process) == 0)
        {
            session.Add(step.Process, ++_lastProcess);
        }

        var caller = new Caller(session.Find(step.Process), step.Call);
        switch (step.Kind)
        {
            case StepKind.Command when caller.WantsReply:
                _waiting[caller] = (session, stepped.Number);
                StepCommand(caller, step.Body, stepped.At, effects);
                return;
            case StepKind.Command:
                StepCommand(caller, step.Body, stepped.At, effects);
                break;
            case StepKind.Cancel:
                Step(default, new LifecycleEvent.CallCancelled(caller), stepped.At, effects);
                break;
            case StepKind.GiveUpLate or StepKind.GiveUpCancelled:
                Step(default, new LifecycleEvent.CallGivenUp(caller, step.Kind == StepKind.GiveUpLate), stepped.At, effects);
                if (_waiting.Remove(caller, out var given))
                {
                    Finish(given.Session, given.Number, Reply.Cancelled, effects);
                }

                break;
        }

        Finish(session, stepped.Number, Reply.Done, effects);
    }

    private void EndProcess(int process, Instant at, EntityEffects? effects, Reply? reply)
    {
        foreach (var caller in _waiting.Keys.Where(each => each.Process == process).ToArray())
        {
            if (_waiting.Remove(caller, out var waiting) && reply is { } told)
            {
                Finish(waiting.Session, waiting.Number, told, effects);
            }
        }

        Step(default, new LifecycleEvent.ProcessGone(process), at, effects);
    }

    private void StepCommand(Caller caller, ReadOnlyMemory<byte> body, Instant at, EntityEffects? effects) =>
        Perform(caller, () => _object!.Step(caller, body.Span, at), effects);

    private void Step(Caller caller, ICommand command, Instant at, EntityEffects? effects) =>
        Perform(caller, () => _object!.Step(caller, command, at), effects);

    private void Perform(Caller caller, Func<Effects> step, EntityEffects? effects)
    {
        if (_object is null)
        {
            Tell(caller, s_gone, effects);
            return;
        }

        if (_failure is null)
        {
            try
            {
                Perform(step(), effects);
                return;
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                // It fails in the same way at each replay: better an object that says so than one that is loaded and fails for ever.
                _failure = $"the object failed by {failure.GetType().Name}: {failure.Message}. Nothing can be done with it any more; report this.";
            }
        }

        Tell(caller, Reply.Refused(_failure), effects);
        foreach (var waiter in _waiting.Keys.ToArray())
        {
            Tell(waiter, Reply.Refused(_failure), effects);
        }
    }

    private void Perform(Effects performed, EntityEffects? effects)
    {
        foreach (var (caller, reply) in performed.Replies)
        {
            Tell(caller, reply, effects);
        }

        if (performed.Deadline is { } deadline)
        {
            _deadline = deadline;
        }
    }

    private void Tell(Caller caller, Reply reply, EntityEffects? effects)
    {
        if (_waiting.Remove(caller, out var waiting))
        {
            Finish(waiting.Session, waiting.Number, reply, effects);
        }
    }

    private static void Finish(Session session, long number, Reply reply, EntityEffects? effects)
    {
        reply = Fitting(reply);
        session.Keep(number, reply);
        effects?.Sends.Add(new ToGateway.Replied(session.Id, number, reply));
    }

    private Session Enter(SessionId id)
    {
        if (!_sessions.TryGetValue(id, out var session))
        {
            _sessions.Add(id, session = _makeSession(id));
        }

        return session;
    }
}
