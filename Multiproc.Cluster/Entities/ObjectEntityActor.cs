using System.Diagnostics;
using Akka.Actor;
using Akka.Event;
using Akka.Persistence;
using Multiproc.Cluster.Journal;
using Multiproc.Cluster.Leases;
using Multiproc.Cluster.Nodes;
using Multiproc.Cluster.Sessions;
using Multiproc.States;

namespace Multiproc.Cluster.Entities;

/// <summary>
/// The shell of an object's entity: brings messages to the core, and does what it wants done. When anything fails it stops: what was on its way to the journal
/// may be there or not, and the next owner, which the next message starts, finds out.
/// </summary>
internal sealed class ObjectEntityActor : UntypedPersistentActor, IWithTimers
{
    /// <summary>
    /// How long members that this owner has never heard of are believed in. Longer than it takes a node that was cut off to find out that it was: such a node
    /// does not know the newest members, and must not take them for dead.
    /// </summary>
    private static readonly TimeSpan s_strangersLast = TimeSpan.FromSeconds(10);

    /// <summary>How long a stand-in has to hear what became of its calls to an object that has ended.</summary>
    private static readonly TimeSpan s_resultsLast = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a record waits for others to go with: about what an append takes, so that a caller's next command mostly comes first.
    /// </summary>
    private static readonly TimeSpan s_postponement = TimeSpan.FromMilliseconds(10);

    private static readonly TimeSpan s_longestUseCheck = TimeSpan.FromMinutes(1);

    private readonly EntityCore _core = new();
    private readonly EntityEffects _effects = new();
    private readonly Dictionary<string, IActorRef> _gateways = [];
    private readonly string _entity;
    private readonly ClusterView _view;
    private readonly LeaseKeeper _leases;
    private readonly IActorRef _journal;
    private long _saved;
    private long _forgettable;
    private bool _isUsed;
    private bool _watchesUse;

    public ObjectEntityActor(string entity, ClusterView view, LeaseKeeper leases)
    {
        PersistenceId = EntityName.Persistent(entity);
        (_entity, _view, _leases) = (entity, view, leases);
        _journal = Persistence.Instance.Apply(Context.System).JournalFor(JournalPluginId);
    }

    public override string PersistenceId { get; }

    public ITimerScheduler Timers { get; set; } = null!;

    private static Instant Now => new(TimeProvider.System.GetElapsedTime(0).Ticks);

    protected override void OnRecover(object message)
    {
        switch (message)
        {
            case JournalRecord record:
                if (record.IsBeginning && _core.Sequence > 0)
                {
                    _forgettable = LastSequenceNr - 1;
                }

                _core.Replay(record, LastSequenceNr);
                break;
            case SnapshotOffer { Snapshot: byte[] saved } offer:
                _core.Restore(saved);
                _saved = offer.Metadata.SequenceNr;
                break;
            case RecoveryCompleted:
                Begin();
                break;
        }
    }

    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case ToEntity asked:
                _gateways[asked.Session.Node] = Sender;
                _isUsed |= asked is not ToEntity.Look;
                _core.Receive(asked, Now, _effects);
                break;
            case JournalReader.Last last:
                _core.Confirmed(last.Number, Now, _effects);
                break;
            case DeadlineCame:
                _core.DeadlinePassed(Now, _effects);
                break;
            case PostponementOver:
                _core.PostponedLongEnough(Now, _effects);
                break;
            case MemberChange { IsGone: true } gone:
                _gateways.Remove(gone.Node);
                _core.NodeGone(gone.Node, Now, _effects);
                break;
            case MemberChange joined:
                _core.NodeJoined(joined.Node);
                break;
            case EntityLook:
                Sender.Tell(new EntityLook(_core.Look()));
                return;
            case SaveSnapshotSuccess saved:
                // The snapshot before this one is kept, and the records since then: a snapshot that cannot be read loses nothing.
                if (_saved > 0)
                {
                    DeleteMessages(_saved);
                    DeleteSnapshots(new SnapshotSelectionCriteria(_saved - 1));
                }

                _saved = saved.Metadata.SequenceNr;
                return;
            case SaveSnapshotFailure failure:
                Log.Warning("The state of {0} could not be saved ({1}): all of its journal is replayed until it can.", PersistenceId, failure.Cause.Message);
                return;
            case DeleteMessagesSuccess or DeleteSnapshotsSuccess:
                return;
            case DeleteMessagesFailure or DeleteSnapshotsFailure:
                Log.Warning("Old records of {0} could not be deleted: {1}. They are deleted the next time.", PersistenceId, message);
                return;
            case StrangersEnd when !_isUsed && !_core.IsOnlyCopy:
                // Somebody has only looked at it: it need not stay in memory.
                ForgetThePast();
                Context.Stop(Self);
                return;
            case StrangersEnd:
                foreach (string node in _core.Strangers)
                {
                    _ = _leases.EndOfAsync(node).PipeTo(Self, success: () => new StrangerOver(node));
                }

                return;
            case StrangerOver over:
                _core.EndStranger(over.Node, Now, _effects);
                break;
            case Forget:
                ForgetThePast();
                return;
            case UseCheck:
                _core.CheckUse(Now, _effects);
                break;
            case HandOff:
                _core.HandOver(Now, _effects);
                break;
            case JournalReader.Failed when _core.IsOnlyCopy:
                // What is in memory is worth more than the answers: they are asked for again.
                _core.NotConfirmed(Now, _effects);
                break;
            case JournalReader.Failed failed:
                Log.Warning(
                    "The journal did not say what the last record of {0} is: {1}. The object is loaded again by its next message.",
                    PersistenceId, failed.Reason);
                Context.Stop(Self);
                return;
            default:
                Unhandled(message);
                return;
        }

        Perform();
    }

    /// <summary>Remembers an object that cannot be read by this version, so that its callers are told; what else failed is tried again.</summary>
    protected override void OnRecoveryFailure(Exception reason, object? message = null)
    {
        base.OnRecoveryFailure(reason, message);
        if (Unreadable.Of(reason) is { } problem)
        {
            _view.Unreadable[_entity] = problem;
        }
    }

    protected override void PreStart()
    {
        _view.Entities[_entity] = Self;
        base.PreStart();
    }

    protected override void PostStop()
    {
        // A new one may have begun already.
        _view.Entities.TryRemove(KeyValuePair.Create(_entity, Self));
        Context.System.EventStream.Unsubscribe(Self);
        _core.Dispose();
        base.PostStop();
    }

    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        base.OnPersistRejected(cause, @event, sequenceNr);
        Context.Stop(Self);
    }

    private void Begin()
    {
        ClusterMetrics.Count(ClusterMetrics.ObjectsLoaded);

        // First listen, then look: no change falls between.
        Context.System.EventStream.Subscribe(Self, typeof(MemberChange));
        _core.Begin(_view.Members, _view.Removed, Now, _effects);
        Timers.StartSingleTimer(StrangersEnd.Instance, StrangersEnd.Instance, s_strangersLast);
        if (_forgettable > 0)
        {
            Timers.StartSingleTimer(Forget.Instance, Forget.Instance, s_resultsLast);
        }

        Perform();
    }

    /// <summary>Deletes what was before the last beginning or end.</summary>
    private void ForgetThePast()
    {
        if (_forgettable > 0)
        {
            DeleteMessages(_forgettable);
            DeleteSnapshots(new SnapshotSelectionCriteria(_forgettable));
            _saved = _saved <= _forgettable ? 0 : _saved;
            _forgettable = 0;
        }
    }

    private void Perform()
    {
        foreach (var message in _effects.Sends)
        {
            if (_gateways.TryGetValue(message.Session.Node, out var gateway))
            {
                gateway.Tell(message);
            }
        }

        var (append, confirm, deadline, isFenced) = (_effects.Append, _effects.Confirm, _effects.Deadline, _effects.IsFenced);
        var (forget, isStopped, postpones) = (_effects.Forget, _effects.IsStopped, _effects.Postpone);
        _effects.Clear();
        if (isStopped)
        {
            Context.Stop(Self);
            return;
        }

        if (forget is { } upTo)
        {
            _forgettable = upTo;
            Timers.StartSingleTimer(Forget.Instance, Forget.Instance, s_resultsLast);
        }

        if (_core.ExpireAfter is { } after && !_watchesUse)
        {
            _watchesUse = true;
            Timers.StartPeriodicTimer(UseCheck.Instance, UseCheck.Instance, after / 4 < s_longestUseCheck ? after / 4 : s_longestUseCheck);
        }

        if (isFenced)
        {
            Log.Warning("{0} has another owner, which has written to the journal: this one stops.", PersistenceId);
            ClusterMetrics.Count(ClusterMetrics.ObjectsFenced);
            Context.Stop(Self);
            return;
        }

        if (deadline is { } at)
        {
            Timers.StartSingleTimer(
                DeadlineCame.Instance, DeadlineCame.Instance,
                TimeSpan.FromTicks(Math.Clamp(at.Ticks - Now.Ticks, 0, TimeSpan.TicksPerDay)));
        }

        if (postpones)
        {
            Timers.StartSingleTimer(PostponementOver.Instance, PostponementOver.Instance, s_postponement);
        }

        if (append is not null)
        {
            int left = append.Count;
            long begun = Stopwatch.GetTimestamp();
            PersistAllAsync(append, _ =>
            {
                if (--left == 0)
                {
                    ClusterMetrics.Count(ClusterMetrics.Records, append.Count);
                    ClusterMetrics.RecordSince(ClusterMetrics.WriteTime, begun);
                    _core.Appended(Now, _effects);
                    if (_core.IsWorthSaving)
                    {
                        SaveSnapshot(_core.Save());
                    }

                    Perform();
                }
            });
        }
        else if (confirm)
        {
            Context.ActorOf(Props.CreateBy(new JournalReader.Producer(PersistenceId, _core.Sequence))).Tell(_journal, Self);
        }
    }

    private sealed class DeadlineCame
    {
        public static readonly DeadlineCame Instance = new();
    }

    private sealed class PostponementOver
    {
        public static readonly PostponementOver Instance = new();
    }

    private sealed class StrangersEnd
    {
        public static readonly StrangersEnd Instance = new();
    }

    /// <summary>The lease of a node that is no member is over.</summary>
    private sealed record StrangerOver(string Node);

    private sealed class Forget
    {
        public static readonly Forget Instance = new();
    }

    private sealed class UseCheck
    {
        public static readonly UseCheck Instance = new();
    }

    /// <summary>Sent by the sharding to an object that is to live elsewhere.</summary>
    internal sealed class HandOff
    {
        public static readonly HandOff Instance = new();
    }
}
