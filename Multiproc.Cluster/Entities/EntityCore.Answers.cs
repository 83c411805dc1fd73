using Multiproc.Cluster.Journal;
using Multiproc.Cluster.Sessions;
using Multiproc.States;

namespace Multiproc.Cluster.Entities;

/// <content>What stand-ins are told beside results that come by themselves.</content>
internal sealed partial class EntityCore
{
    /// <summary>The frames of Akka.Remote have 8 MiB.</summary>
    private const int LargestReply = 6 * 1024 * 1024;

    /// <summary>The caller of queries, which no session has.</summary>
    private static readonly Caller s_reader = new(int.MaxValue, 1);

    private void Take(ToEntity.Submit submit, EntityEffects effects)
    {
        var session = Enter(submit.Session);
        if (session.TryGetResult(submit.Number, out var result))
        {
            effects.Sends.Add(new ToGateway.Replied(session.Id, submit.Number, result));
            return;
        }

        session.Hold(submit);
        while (session.TryTake(out var next))
        {
            Next(
                at => new JournalRecord.Stepped(at, next.Session, next.Number, next.Floor, next.Step),
                canWait: next.Step is { Kind: StepKind.Command, Call: 0 });
        }
    }

    /// <summary>
    /// Answers what is known at once; a result never changes. That a step still waits, however, is something that only the journal knows: another owner may
    /// have finished it, and then died before it could tell. Without this question, two waiting parties would wait for each other for ever.
    /// </summary>
    private void Answer(ToEntity.Probe probe, EntityEffects effects)
    {
        if (Tell(probe, effects))
        {
            Ask(probe);
        }
    }

    /// <summary>Leaves a message for after the journal has confirmed; once, however often it came.</summary>
    private void Ask(ToEntity read)
    {
        if (_reads.Exists(each => each.Session == read.Session && each.GetType() == read.GetType()
            && (each as ToEntity.Query)?.Id == (read as ToEntity.Query)?.Id))
        {
            _isInDoubt |= !IsDue(read);
        }
        else
        {
            _reads.Add(read);
        }
    }

    /// <returns>Whether a step still waits.</returns>
    private bool Tell(ToEntity.Probe probe, EntityEffects effects)
    {
        if (!_sessions.TryGetValue(probe.Session, out var session))
        {
            return true;
        }

        bool waits = false;
        session.DropAllBut(probe.Waiting, probe.Last);
        foreach (long number in probe.Waiting)
        {
            if (session.TryGetResult(number, out var result))
            {
                effects.Sends.Add(new ToGateway.Replied(session.Id, number, result));
            }
            else
            {
                waits = true;
            }
        }

        effects.Sends.Add(new ToGateway.Progress(session.Id, session.Applied));
        return waits;
    }

    /// <summary>Tells the sessions whose steps wait that these are in the journal, and need not be sent again.</summary>
    private void TellProgress(IReadOnlyList<JournalRecord> records, EntityEffects effects)
    {
        var told = new HashSet<SessionId>();
        foreach (var record in records)
        {
            if (record is JournalRecord.Stepped stepped && _sessions.TryGetValue(stepped.Session, out var session)
                && !session.TryGetResult(stepped.Number, out _) && told.Add(session.Id))
            {
                effects.Sends.Add(new ToGateway.Progress(session.Id, session.Applied));
            }
        }
    }

    /// <summary>Answers what the journal has confirmed, and keeps what waits for a step of its session.</summary>
    private void AnswerReads(List<ToEntity> reads, Instant now, EntityEffects effects)
    {
        foreach (var read in reads)
        {
            switch (read)
            {
                case ToEntity.Open open:
                    effects.Sends.Add(new ToGateway.Opened(open.Session, Opened(open.Spec)));
                    break;
                case ToEntity.Look:
                    effects.Sends.Add(new ToGateway.Seen(read.Session, Incarnation, Spec));
                    break;
                case ToEntity.Delete when Spec is null || Incarnation > read.Incarnation:
                    effects.Sends.Add(new ToGateway.Deleted(read.Session));
                    break;
                case ToEntity.Delete:
                    // Another end is on its way to the journal. It is asked for again.
                    break;
                case var over when IsOver(over):
                    AnswerOver(over, effects);
                    break;
                case var missing when missing.Incarnation > Incarnation:
                    effects.Sends.Add(new ToGateway.Gone(missing.Session, 0, EndReason.Unknown));
                    break;
                case ToEntity.Submit:
                    // The object was created meanwhile. The stand-in sends it again.
                    break;
                case ToEntity.Probe:
                    // The results of this owner were told when they came.
                    break;
                case ToEntity.Query query when IsDue(query):
                    effects.Sends.Add(new ToGateway.Answered(query.Session, query.Id, Look(query, now)));
                    break;
                default:
                    _reads.Add(read);
                    break;
            }
        }
    }

    /// <summary>A query comes after the steps that its session had sent before.</summary>
    private bool IsDue(ToEntity read) =>
        read is not ToEntity.Query query || IsOver(read) || (_sessions.GetValueOrDefault(query.Session)?.Applied ?? 0) >= query.After;

    private Reply Opened(ObjectSpec wanted) => Spec is null
        ? Reply.ObjectGone with { Number = Incarnation }
        : Spec.ConflictWith(wanted) is { } conflict
            ? Reply.Refused(conflict) with { Number = ToGateway.Opened.Conflict }
            : Reply.Of(Incarnation);

    /// <summary>What does not fit into a message between nodes would never arrive.</summary>
    private static Reply Fitting(Reply reply) => reply.Value.Length <= LargestReply
        ? reply
        : Reply.TooLarge($"the reply has {reply.Value.Length} bytes, but one of a cluster object may have {LargestReply}: ask for less at a time.");

    private Reply Look(ToEntity.Query query, Instant now)
    {
        if (_object is null)
        {
            return Reply.ObjectGone;
        }

        if (_failure is not null)
        {
            return Reply.Refused(_failure);
        }

        if (query.Step.Body.Span is [CellSnapshot.Tag])
        {
            var session = _sessions.GetValueOrDefault(query.Session);
            return _object.CopyCell(process => session?.NodesNumberOf(process) ?? -1);
        }

        // The number of the process, if it has one: it may ask what it holds.
        int number = _sessions.GetValueOrDefault(query.Session)?.Find(query.Step.Process) ?? 0;
        var effects = _object.Step(number == 0 ? s_reader : s_reader with { Process = number }, query.Step.Body.Span, _clock.At(now));
        return effects.Replies.Count == 1
            ? Fitting(effects.Replies[0].Reply)
            : new Reply(ReplyStatus.Malformed, Reason: "the command is not one that only reads.");
    }
}
