using Multiproc.Cluster.Journal;
using Multiproc.Cluster.Sessions;
using Multiproc.States;

namespace Multiproc.Cluster.Entities;

/// <content>What goes to the journal, and when; what is asked of it; and what waits for either.</content>
internal sealed partial class EntityCore
{
    /// <summary>How many records wait for others at most.</summary>
    private const int MostPostponed = 64;

    /// <summary>What comes next, in order: made into records when their turn comes, since they get its instant.</summary>
    private readonly List<Pending> _next = [];
    private readonly List<ToEntity> _reads = [];
    private List<ToEntity> _readsUnderWay = [];
    private IReadOnlyList<JournalRecord>? _appending;
    private bool _isConfirming;

    /// <summary>Whether the shell keeps the time of records that can wait, and whether that is over.</summary>
    private bool _isPostponed;
    private bool _isOverdue;

    /// <summary>Whether a read came again that waits for steps of which this owner knows nothing: another one may have taken them.</summary>
    private bool _isInDoubt;

    /// <summary>Records have waited for as long as they may.</summary>
    public void PostponedLongEnough(Instant now, EntityEffects effects)
    {
        _isPostponed = false;

        // Mostly they have gone with others meanwhile, and those that come next have their own time.
        _isOverdue = _next.Count > 0;
        Proceed(now, effects);
    }

    /// <summary>The records are in the journal.</summary>
    public void Appended(Instant now, EntityEffects effects)
    {
        var records = _appending!;
        _appending = null;
        foreach (var record in records)
        {
            Sequence++;
            Apply(record, effects);
            if (record.IsBeginning)
            {
                effects.Forget = Sequence - 1;
            }
        }

        TellProgress(records, effects);
        AnswerReads(TakeReadsUnderWay(), now, effects);
        ArmIfChanged(effects);
        Proceed(now, effects);
    }

    /// <summary>The journal said what its last number is.</summary>
    public void Confirmed(long last, Instant now, EntityEffects effects)
    {
        _isConfirming = false;
        if (last > Sequence)
        {
            // The new owner answers: the stand-ins ask again.
            effects.IsFenced = _isFenced = true;
            return;
        }

        AnswerReads(TakeReadsUnderWay(), now, effects);
        Proceed(now, effects);
    }

    /// <summary>The journal did not say what its last number is. What waits for that is asked for again by those who wait.</summary>
    public void NotConfirmed(Instant now, EntityEffects effects)
    {
        _isConfirming = false;
        _readsUnderWay = [];
        Proceed(now, effects);
    }

    private List<ToEntity> TakeReadsUnderWay()
    {
        var taken = _readsUnderWay;
        _readsUnderWay = [];
        return taken;
    }

    /// <param name="make">Makes the record when its turn comes.</param>
    /// <param name="isOfAll">Whether objects in memory have it in the journal too.</param>
    /// <param name="isOfObject">Whether it is nothing any more when the object has ended.</param>
    /// <param name="canWait">Whether nobody is told when it is in the journal.</param>
    private void Next(Func<Instant, JournalRecord> make, bool isOfAll = false, bool isOfObject = true, bool canWait = false) =>
        _next.Add(new Pending(make, isOfAll, isOfObject, canWait));

    private void Proceed(Instant now, EntityEffects effects)
    {
        if (_appending is not null || _isFenced)
        {
            return;
        }

        if (IsVolatile && _isClaimed)
        {
            CarryOut(now, effects);
        }

        if (_isConfirming)
        {
            return;
        }

        if (_isLeaving && _next.Count == 0)
        {
            if (!IsOnlyCopy)
            {
                effects.IsStopped = true;
                return;
            }

            Next(at => new JournalRecord.HandedOver(at, Save()), isOfAll: true);
        }

        if (Postpone(effects))
        {
            return;
        }

        if (_next.Count > 0)
        {
            _isOverdue = false;
            var at = _clock.At(now);
            int count = IsVolatile ? 1 : _next.Count;
            _appending = [.. _next.Take(count).Select(pending => pending.Make(at))];
            _next.RemoveRange(0, count);
            effects.Append = _appending;
            _readsUnderWay = [.. _reads];
            _reads.Clear();
        }
        else if (_isInDoubt || _reads.Exists(IsDue))
        {
            _isInDoubt = false;
            _isConfirming = true;
            effects.Confirm = true;
            _readsUnderWay = [.. _reads];
            _reads.Clear();
        }
    }

    /// <summary>Leaves what can wait for a moment: mostly a record comes that it can go with, and an append is what takes time.</summary>
    private bool Postpone(EntityEffects effects)
    {
        if (_isOverdue || _isLeaving || _next.Count is 0 or >= MostPostponed || _waiting.Count > 0 || _reads.Count > 0
            || _next.Exists(static each => !each.CanWait))
        {
            return false;
        }

        effects.Postpone |= !_isPostponed;
        _isPostponed = true;
        return true;
    }

    /// <summary>In memory: carries out what the journal need not know.</summary>
    private void CarryOut(Instant now, EntityEffects effects)
    {
        var at = _clock.At(now);
        var done = new List<JournalRecord>();
        while (done.Count < _next.Count && !_next[done.Count].IsOfAll)
        {
            done.Add(_next[done.Count].Make(at));
            Apply(done[^1], effects);
        }

        _next.RemoveRange(0, done.Count);
        TellProgress(done, effects);
        var due = _reads.FindAll(each => each is ToEntity.Query or ToEntity.Probe && IsDue(each));
        _reads.RemoveAll(due.Contains);
        AnswerReads(due, now, effects);
        ArmIfChanged(effects);
    }

    private readonly record struct Pending(Func<Instant, JournalRecord> Make, bool IsOfAll, bool IsOfObject, bool CanWait);
}
