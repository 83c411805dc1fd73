using Multiproc.Cluster.Journal;
using Multiproc.Cluster.Sessions;
using Multiproc.States;

namespace Multiproc.Cluster.Entities;

/// <content>
/// The beginnings and ends of objects: creating, deleting, expiring, and for those in memory handing over, taking over and losing. Each of these is a record of
/// the journal, of which only one can be the next: so of two owners one is told that it is none any more.
/// </content>
internal sealed partial class EntityCore
{
    private static readonly Reply s_gone = Reply.ObjectGone with { Reason = "it was deleted: open the name again for a new one." };

    private IReadOnlySet<string> _removed = new HashSet<string>();
    private EndReason _end;
    private Instant _usedAt;
    private bool _isEnding;
    private bool _isLeaving;

    /// <summary>Of an object in memory: whether it is in this one, since this owner has created it or taken it over.</summary>
    private bool _isClaimed;

    /// <summary>Of an object in memory: what its last owner has left for the next one; null while somebody has it, or had it when he died.</summary>
    private ReadOnlyMemory<byte>? _handedOver;

    /// <summary>How long the object may be unused; null when that does not matter.</summary>
    public TimeSpan? ExpireAfter => Spec is { ExpireAfter: > 0 } spec ? TimeSpan.FromTicks(spec.ExpireAfter) : null;

    /// <summary>Whether stopping this owner loses what it has.</summary>
    public bool IsOnlyCopy => IsVolatile && _isClaimed;

    private bool IsVolatile => Spec is { IsVolatile: true };

    /// <summary>Deletes the object if it is unused for as long as it may be.</summary>
    public void CheckUse(Instant now, EntityEffects effects)
    {
        if (!_isFenced && !_isLeaving && ExpireAfter is { } after && now.Ticks - _usedAt.Ticks >= after.Ticks
            && _waiting.Count == 0 && _object is { IsHeld: false })
        {
            End(EndReason.Expired);
            Proceed(now, effects);
        }
    }

    /// <summary>This owner is to stop, and another one will begin. What is in memory only is written down for it.</summary>
    public void HandOver(Instant now, EntityEffects effects)
    {
        if (!_isFenced && (IsVolatile || _isCreating))
        {
            // Not before it is known what this owner has.
            _isLeaving = true;
            Proceed(now, effects);
        }
        else
        {
            effects.IsStopped = true;
        }
    }

    /// <summary>Whether a message is for an object that has ended, for good.</summary>
    private bool IsOver(ToEntity message) => message.Incarnation < Incarnation || (message.Incarnation == Incarnation && Spec is null);

    /// <summary>
    /// Tells results that are known still, and otherwise that the object is gone. This needs no question to the journal: what has ended does not come back.
    /// </summary>
    private void AnswerOver(ToEntity message, EntityEffects effects)
    {
        _sessions.TryGetValue(message.Session, out var session);
        if (message is ToEntity.Submit submit && session is not null && session.TryGetResult(submit.Number, out var result))
        {
            effects.Sends.Add(new ToGateway.Replied(session.Id, submit.Number, result));
            return;
        }

        if (message is ToEntity.Probe probe && session is not null)
        {
            Tell(probe, effects);
        }

        effects.Sends.Add(new ToGateway.Gone(message.Session, session?.Applied ?? 0, message.Incarnation == Incarnation ? _end : EndReason.Unknown));
        if (session is { KeptResults: 0 })
        {
            _sessions.Remove(session.Id);
        }
    }

    private void End(EndReason reason)
    {
        if (Spec is not null && !_isEnding)
        {
            _isEnding = true;
            long ends = Incarnation;
            Next(at => new JournalRecord.Ended(at, ends, reason), isOfAll: true);
        }
    }

    /// <summary>Takes over what was left to this owner. If nothing was, its last owner died with it.</summary>
    private void Claim()
    {
        if (!IsVolatile)
        {
            return;
        }

        if (_handedOver is not null)
        {
            Next(at => new JournalRecord.TakenOver(at, Incarnation, Spec!), isOfAll: true);
        }
        else
        {
            End(EndReason.Lost);
        }
    }

    private void Apply(JournalRecord.Created created, bool isLive)
    {
        _isCreating = false;
        if (Spec is null)
        {
            Spec = created.Spec;
            Incarnation++;
            _isClaimed = isLive && IsVolatile;
            if (isLive || !IsVolatile)
            {
                _object = new EntityObject(Spec, Incarnation, isAfterLoss: _end == EndReason.Lost);
            }

            _end = EndReason.Unknown;
        }
    }

    private void Apply(JournalRecord.Ended ended, EntityEffects? effects)
    {
        // Before the object goes: the numbers of the steps after which it went.
        foreach (var waiting in _waiting.Values.OrderBy(static each => each.Session.Id.Node, StringComparer.Ordinal)
            .ThenBy(static each => each.Session.Id.Number).ThenBy(static each => each.Number))
        {
            Finish(waiting.Session, waiting.Number, s_gone, effects);
        }

        _waiting.Clear();
        foreach (var session in _sessions.Values.ToArray())
        {
            effects?.Sends.Add(new ToGateway.Gone(session.Id, session.Applied, ended.Reason));
            if (session.KeptResults == 0)
            {
                _sessions.Remove(session.Id);
            }
        }

        _object?.Dispose();
        (_object, Spec, _failure, _handedOver) = (null, null, null, null);
        (_isEnding, _isClaimed) = (false, false);
        (Incarnation, _end) = (ended.Incarnation, ended.Reason);
        _armed = _deadline = Instant.Never;
        _next.RemoveAll(static pending => pending.IsOfObject && !pending.IsOfAll);
    }

    private void Apply(JournalRecord.HandedOver handed, EntityEffects? effects)
    {
        _handedOver = handed.State;
        if (effects is not null)
        {
            effects.IsStopped = _isFenced = true;
        }
    }

    private void Apply(JournalRecord.TakenOver taken, bool isLive)
    {
        (Spec, Incarnation) = (taken.Spec, taken.Incarnation);
        if (isLive)
        {
            long sequence = Sequence;
            Restore(_handedOver!.Value.ToArray());
            Sequence = sequence;
            _isClaimed = true;
            EndRemoved();
        }

        _handedOver = null;
    }
}
