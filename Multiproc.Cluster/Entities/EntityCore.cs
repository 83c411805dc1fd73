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
/// under way at a time; what comes meanwhile goes with the next one. A command without a reply, such as a release or the acknowledgment of an item, waits a
/// moment for others to go with, unless somebody waits for the object.
/// <para>
/// Of an object in memory the journal only says which one there is, and who has it: the rest is done at once. What one owner has in its memory no other has,
/// so each incarnation of such an object has one order of calls as well.
/// </para>
/// </remarks>
internal sealed partial class EntityCore(Func<SessionId, Session>? makeSession = null) : IDisposable
{
    private readonly Func<SessionId, Session> _makeSession = makeSession ?? (static id => new Session(id));
    private readonly EntityClock _clock = new();
    private readonly HashSet<string> _members = [];

    private bool _isCreating;
    private bool _isFenced;

    private Instant _armed = Instant.Never;

    /// <summary>The number of the last record of the journal that this owner knows.</summary>
    public long Sequence { get; private set; }

    /// <summary>What the object was created as; null before, and when it has ended.</summary>
    public ObjectSpec? Spec { get; private set; }

    /// <summary>How many objects of this name there have been: the number of the one that there is, or of the last one.</summary>
    public long Incarnation { get; private set; }

    /// <summary>Replays the record of the journal that has a number.</summary>
    public void Replay(JournalRecord record, long number)
    {
        Sequence = number;
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
        _removed = removed;
        _usedAt = now;
        Claim();
        EndRemoved();
        ArmIfChanged(effects);
        Proceed(now, effects);
    }

    /// <summary>The nodes that have sessions, and are no members as far as is known.</summary>
    public IReadOnlyList<string> Strangers => [.. _sessions.Keys.Select(static id => id.Node).Distinct().Where(node => !_members.Contains(node))];

    /// <summary>
    /// Gives up the sessions of a node that is no member. Called some time after <see cref="Begin"/>, and not at once: a node that was cut off does not know
    /// the newest members, and must not take them for dead.
    /// </summary>
    public void EndStranger(string stranger, Instant now, EntityEffects effects)
    {
        EndNodes(node => node == stranger && !_members.Contains(node));
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
        if (_isFenced || _isLeaving || !_members.Contains(message.Session.Node))
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
                _usedAt = now;
                if (Spec is null && !_isCreating && open.Incarnation == Incarnation + 1)
                {
                    _isCreating = true;
                    Next(at => new JournalRecord.Created(at, open.Spec), isOfAll: true);
                }

                Ask(open);
                break;
            case ToEntity.Delete delete:
                if (delete.Incarnation == Incarnation)
                {
                    End(EndReason.Deleted);
                }

                Ask(delete);
                break;
            case ToEntity.Look:
                Ask(message);
                break;
            default:
                ReceiveOfObject(message, now, effects);
                break;
        }

        Proceed(now, effects);
    }

    private void ReceiveOfObject(ToEntity message, Instant now, EntityEffects effects)
    {
        if (IsOver(message))
        {
            AnswerOver(message, effects);
            return;
        }

        if (message.Incarnation > Incarnation)
        {
            // A stand-in calls what it has opened: the journal has more than this owner, or somebody has removed it.
            Ask(message);
            return;
        }

        if (IsVolatile && !_isClaimed)
        {
            // Sent again until the journal has said whose it is.
            return;
        }

        switch (message)
        {
            case ToEntity.Submit submit:
                _usedAt = now;
                Take(submit, effects);
                break;
            case ToEntity.Query query:
                _usedAt = now;
                Ask(query);
                break;
            case ToEntity.Probe probe:
                Answer(probe, effects);
                break;
        }
    }

    /// <summary>The armed deadline has passed.</summary>
    public void DeadlinePassed(Instant now, EntityEffects effects)
    {
        if (_isFenced || _isLeaving)
        {
            return;
        }

        if (_deadline <= _clock.At(now))
        {
            // Armed still, as far as this goes: the record disarms it when it is in the journal.
            Next(static at => new JournalRecord.DeadlinePassed(at));
            Proceed(now, effects);
        }
        else
        {
            _armed = Instant.Never;
            ArmIfChanged(effects);
        }
    }

    public void Dispose() => _object?.Dispose();

    private void EndRemoved() => EndNodes(node => _removed.Contains(node) && !_members.Contains(node));

    private void EndNodes(Func<string, bool> isGone)
    {
        if (!_isFenced && !_isLeaving)
        {
            string[] gone = [.. _sessions.Keys.Select(static id => id.Node).Distinct().Where(isGone).Order(StringComparer.Ordinal)];
            foreach (string node in gone)
            {
                Next(at => new JournalRecord.NodeGone(at, node), isOfObject: false);
            }
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
