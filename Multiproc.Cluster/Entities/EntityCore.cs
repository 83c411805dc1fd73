using Multiproc.Cluster.Journal;
using Multiproc.Cluster.Sessions;
using Multiproc.States;

namespace Multiproc.Cluster.Entities;

/// <summary>
/// An object of the cluster, without Akka: what its owner does with messages, and when. Pure: the shell sends, appends, keeps the time, and reports back.
/// </summary>
/// <remarks>
/// The journal decides everything. A step is carried out when it is in the journal, never before; the journal takes a record only at its number, so of two
/// owners one fails and stops. What only reads is answered after the journal has confirmed, since the question came, that nothing newer is there: by an append
/// that succeeded, or by its last number. So it does not matter how many owners there are, nor what their clocks say. One such question to the journal is
/// under way at a time; what comes meanwhile goes with the next one.
/// </remarks>
internal sealed partial class EntityCore(Func<SessionId, Session>? makeSession = null) : IDisposable
{
    private readonly Func<SessionId, Session> _makeSession = makeSession ?? (static id => new Session(id));
    private readonly EntityClock _clock = new();
    private readonly HashSet<string> _members = [];

    /// <summary>What to append next, in order: made into records when the append begins, since they get its instant.</summary>
    private readonly List<Func<Instant, JournalRecord>> _next = [];
    private readonly List<ToEntity> _reads = [];
    private List<ToEntity> _readsUnderWay = [];
    private IReadOnlyList<JournalRecord>? _appending;
    private bool _isConfirming;
    private bool _isCreating;
    private bool _isFenced;
    private Instant _armed = Instant.Never;

    /// <summary>The number of the last record of the journal that this owner knows.</summary>
    public long Sequence { get; private set; }

    /// <summary>What the object was created as; null before.</summary>
    public ObjectSpec? Spec { get; private set; }

    private bool IsBusy => _appending is not null || _isConfirming;

    /// <summary>Replays a record of the journal.</summary>
    public void Replay(JournalRecord record)
    {
        Sequence++;
        Apply(record, effects: null);
    }

    /// <summary>The journal was read. From now on events come, and <see cref="Replay"/> does not.</summary>
    /// <param name="members">The nodes of the cluster. What comes from others is of the past, or of the future.</param>
    /// <param name="removed">Nodes that were removed, as far as that is known: what they held is given back.</param>
    /// <param name="now">The owner's time.</param>
    /// <param name="effects">What to do.</param>
    public void Begin(IEnumerable<string> members, IReadOnlySet<string> removed, Instant now, EntityEffects effects)
    {
        _members.UnionWith(members);
        _clock.Begin(now);
        EndNodes(node => removed.Contains(node) && !_members.Contains(node));
        ArmIfChanged(effects);
        Proceed(now, effects);
    }

    /// <summary>
    /// Gives up the sessions of nodes that are no members. Called some time after <see cref="Begin"/>, and not at once: a node that was cut off does not know
    /// the newest members, and must not take them for dead.
    /// </summary>
    public void EndStrangers(Instant now, EntityEffects effects)
    {
        EndNodes(node => !_members.Contains(node));
        Proceed(now, effects);
    }

    public void NodeJoined(string node) => _members.Add(node);

    /// <summary>A node was removed from the cluster: all its processes are gone, and no message of it is accepted any more.</summary>
    public void NodeGone(string node, Instant now, EntityEffects effects)
    {
        if (_members.Remove(node) && !_isFenced)
        {
            _reads.RemoveAll(each => each.Session.Node == node);
            EndNodes(each => each == node);
            Proceed(now, effects);
        }
    }

    public void Receive(ToEntity message, Instant now, EntityEffects effects)
    {
        if (_isFenced || !_members.Contains(message.Session.Node))
        {
            return;
        }

        if (_ended.Contains(message.Session))
        {
            effects.Sends.Add(new ToGateway.Ended(message.Session));
            return;
        }

        switch (message)
        {
            case ToEntity.Open open:
                if (Spec is null && !_isCreating)
                {
                    _isCreating = true;
                    _next.Add(at => new JournalRecord.Created(at, open.Spec));
                }

                Ask(open);
                break;
            case ToEntity.Submit submit:
                Take(submit, effects);
                break;
            case ToEntity.Query query:
                Ask(query);
                break;
            case ToEntity.Probe probe:
                Answer(probe, effects);
                break;
        }

        Proceed(now, effects);
    }

    /// <summary>The armed deadline has passed.</summary>
    public void DeadlinePassed(Instant now, EntityEffects effects)
    {
        if (_isFenced)
        {
            return;
        }

        if (_deadline <= _clock.At(now))
        {
            // Armed still, as far as this goes: the record disarms it when it is in the journal.
            _next.Add(static at => new JournalRecord.DeadlinePassed(at));
            Proceed(now, effects);
        }
        else
        {
            _armed = Instant.Never;
            ArmIfChanged(effects);
        }
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
        }

        TellProgress(records, effects);
        AnswerReads(now, effects);
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

        AnswerReads(now, effects);
        Proceed(now, effects);
    }

    public void Dispose() => _object?.Dispose();

    private void EndNodes(Func<string, bool> isGone)
    {
        if (!_isFenced)
        {
            string[] gone = [.. _sessions.Keys.Select(static id => id.Node).Distinct().Where(isGone).Order(StringComparer.Ordinal)];
            _next.AddRange(gone.Select(static node => new Func<Instant, JournalRecord>(at => new JournalRecord.NodeGone(at, node))));
        }
    }

    private void Proceed(Instant now, EntityEffects effects)
    {
        if (IsBusy || _isFenced)
        {
            return;
        }

        if (_next.Count > 0)
        {
            var at = _clock.At(now);
            _appending = [.. _next.Select(make => make(at))];
            _next.Clear();
            effects.Append = _appending;
            _readsUnderWay = [.. _reads];
            _reads.Clear();
        }
        else if (_reads.Exists(IsDue))
        {
            _isConfirming = true;
            effects.Confirm = true;
            _readsUnderWay = [.. _reads];
            _reads.Clear();
        }
    }

    /// <summary>A deadline that did not change is not armed again; one that is no more needed is not disarmed, but found to be nothing when it comes.</summary>
    private void ArmIfChanged(EntityEffects effects)
    {
        if (_deadline < _armed)
        {
            _armed = _deadline;
            effects.Deadline = _clock.ToLocal(_deadline);
        }
    }
}
