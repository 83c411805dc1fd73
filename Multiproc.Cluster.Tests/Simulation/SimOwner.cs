using Multiproc.Cluster.Entities;
using Multiproc.Cluster.Journal;
using Multiproc.Cluster.Sessions;
using Multiproc.States;

namespace Multiproc.Cluster.Tests.Simulation;

/// <summary>One owner of the object: the core, and the shell that the actor is in the product. There may be several at once.</summary>
internal sealed class SimOwner
{
    /// <summary>For how long an owner waits for nodes that it does not know.</summary>
    public static readonly TimeSpan StrangersStay = TimeSpan.FromSeconds(10);

    private readonly SimWorld _world;
    private readonly SimNode _node;
    private EntityCore _core;
    private readonly EntityEffects _effects = new();
    private bool _isReady;

    /// <summary>How many records it believes to be in the journal that are not.</summary>
    private int _unrecorded;

    public SimOwner(SimWorld world, SimNode node)
    {
        (_world, _node) = (world, node);
        _core = NewCore();
        world.Journal.Read(Recover);
    }

    private EntityCore NewCore() => new(_world.Mutant switch
        {
            Mutant.HighWaterMark => static id => new MutantSession.HighWaterMark(id),
            Mutant.NothingIsDeduplicated => static id => new MutantSession.NoDeduplication(id),
            Mutant.SessionsAreForgotten => id => new MutantSession.Forgetful(id, () => _isReady),
            _ => null,
        });

    public SimNode Node => _node;

    public bool IsAlive { get; private set; } = true;

    /// <summary>The clock of this owner's machine, which has nothing to do with those of others.</summary>
    private Instant Now => new(_world.Now + _node.ClockOffset);

    public void Kill()
    {
        if (IsAlive)
        {
            _world.Harms++;
            Stop();
        }
    }

    /// <summary>Moves the object to another node.</summary>
    public void HandOver()
    {
        if (IsAlive && _isReady)
        {
            _core.HandOver(Now, _effects);
            Perform();
        }
    }

    private void Stop()
    {
        IsAlive = false;
        _core.Dispose();
    }

    public void Receive(ToEntity message)
    {
        if (IsAlive && _isReady)
        {
            if (_world.Mutant == Mutant.TheGoneAreHeard)
            {
                _core.NodeJoined(message.Session.Node);
            }

            _core.Receive(Changed(message), Now, _effects);
            Perform();
        }
    }

    private ToEntity Changed(ToEntity message) => _world.Mutant switch
    {
        Mutant.OldFacadesAreServed when message is not (ToEntity.Open or ToEntity.Look) && _core.Incarnation > 0 =>
            message with { Incarnation = _core.Incarnation },
        Mutant.OpensCreateAgain when message is ToEntity.Open => message with { Incarnation = _core.Incarnation + 1 },
        _ => message,
    };

    public void NodeJoined(string node)
    {
        if (IsAlive && _isReady)
        {
            _core.NodeJoined(node);
        }
    }

    public void NodeGone(string node)
    {
        if (IsAlive && _isReady && _world.Mutant != Mutant.NodesNeverGo)
        {
            _core.NodeGone(node, Now, _effects);
            Perform();
        }
    }

    private void Recover(JournalRecord[] records)
    {
        if (!IsAlive)
        {
            return;
        }

        // Now and then from a saved state, with the records after it.
        int savedAt = records.Length > 0 && _world.Chance(0.3) ? _world.Random.Next(1, records.Length + 1) : 0;
        for (int i = 0; i < records.Length; i++)
        {
            _core.Replay(
                _world.Mutant switch
                {
                    Mutant.WrongInstantAtReplay => records[i] with { At = Now },
                    Mutant.TheLostAreRestored when records[i] is JournalRecord.TakenOver => new JournalRecord.DeadlinePassed(records[i].At),
                    _ => records[i],
                },
                i + 1);
            if (i + 1 == savedAt && _core.Spec is { IsVolatile: false })
            {
                byte[] saved = _core.Save();
                _core.Dispose();
                _core = NewCore();
                _core.Restore(saved);
            }
        }

        _isReady = true;
        _core.Begin(_world.Mutant == Mutant.NodesNeverGo ? _world.EverKnown : _node.Members, _node.Removed, Now, _effects);
        Perform();

        _world.After(_world.TakesLivingForDead ? TimeSpan.TicksPerSecond : StrangersStay.Ticks, () => IfAlive(() =>
        {
            foreach (string stranger in _core.Strangers)
            {
                _core.EndStranger(stranger, Now, _effects);
            }
        }));
    }

    private void Perform()
    {
        foreach (var message in _effects.Sends)
        {
            _world.SendToGateway(_world.Mutant == Mutant.ResultsEndWithTheObject && message is ToGateway.Gone gone ? gone with { After = 0 } : message);
        }

        var (append, confirm, deadline, isFenced) = (_effects.Append, _effects.Confirm, _effects.Deadline, _effects.IsFenced);
        var (isStopped, postpones) = (_effects.IsStopped, _effects.Postpone);
        _effects.Clear();
        if (isStopped)
        {
            Stop();
            return;
        }

        if (isFenced)
        {
            Kill();
            return;
        }

        if (deadline is { } at)
        {
            _world.At(at.Ticks - _node.ClockOffset, () => IfAlive(() => _core.DeadlinePassed(Now, _effects)));
        }

        if (postpones)
        {
            _world.After(_world.Delay(), () => IfAlive(() => _core.PostponedLongEnough(Now, _effects)));
        }

        if (append is not null)
        {
            Append(append);
        }
        else if (confirm && _world.Mutant == Mutant.ReadsAreNotConfirmed)
        {
            _core.Confirmed(_core.Sequence, Now, _effects);
            Perform();
        }
        else if (confirm)
        {
            _world.Journal.ReadLast(last => IfAlive(() => _core.Confirmed(last + _unrecorded, Now, _effects)));
        }
    }

    private void Append(IReadOnlyList<JournalRecord> records)
    {
        if (_world.Mutant == Mutant.TakingOverIsNotRecorded && records is [JournalRecord.TakenOver])
        {
            _unrecorded++;
            _core.Appended(Now, _effects);
            Perform();
            return;
        }

        if (_world.Mutant == Mutant.EffectsBeforeTheJournal)
        {
            _world.Journal.Append(_core.Sequence, records, ok => IfAlive(() => KillUnless(ok)));
            _core.Appended(Now, _effects);
            Perform();
            return;
        }

        _world.Journal.Append(_core.Sequence - _unrecorded, records, ok => IfAlive(() =>
        {
            if (!ok && _world.Mutant == Mutant.FailedWritesAreRepeated && _world.Journal.Count > _core.Sequence)
            {
                // As if the numbers had been used by nobody: it appends once more, behind what is there.
                _world.Journal.Append(_world.Journal.Count, records, again => IfAlive(() => KillUnless(again)));
                return;
            }

            if (ok || _world.Mutant == Mutant.FailedWritesAreIgnored)
            {
                _core.Appended(Now, _effects);
            }
            else
            {
                Kill();
            }
        }));
    }

    private void KillUnless(bool ok)
    {
        if (!ok || _world.Mutant == Mutant.FailedWritesAreRepeated)
        {
            Kill();
        }
    }

    private void IfAlive(Action happens)
    {
        if (IsAlive)
        {
            happens();
            if (IsAlive)
            {
                Perform();
            }
        }
    }
}
