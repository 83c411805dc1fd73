using Multiproc.Objects.ReadWriteLocks;
using Multiproc.States;

namespace Multiproc.Tests.States;

/// <summary>What a lock for readers and writers must do, in the simplest words: who holds it, and one line of those who want it.</summary>
internal sealed class ReadWriteModel(Script script)
{
    private readonly Dictionary<int, int> _reads = [];
    private readonly List<Waiting> _line = [];
    private long _fence;

    /// <summary>The writer, or the upgradeable reader.</summary>
    public (int Process, LockSide Side, bool IsUpgraded)? Alone { get; private set; }

    /// <summary>The upgradeable reader's wait for the others to leave.</summary>
    public Call? Upgrader { get; private set; }

    public bool IsAbandoned { get; set; }

    public bool IsWritten => Alone is { } alone && (alone.IsUpgraded || alone.Side == LockSide.Write);

    public int AllReads => _reads.Values.Sum();

    public bool IsFree => AllReads == 0 && Alone is null && _line.Count == 0;

    private Instant UpgradeDeadline { get; set; }

    public int Reads(int process) => _reads.GetValueOrDefault(process);

    public bool MayUpgrade(int process) => Alone is { Side: LockSide.UpgradeableRead, IsUpgraded: false } alone && alone.Process == process && Upgrader is null;

    /// <summary>By the cell: only while nobody writes or waits to.</summary>
    public void ReadsByItself(int process)
    {
        script.Require(!IsWritten && Upgrader is null && !_line.Exists(static each => each.Side == LockSide.Write), $"P{process} overtook a writer");
        _reads[process] = Reads(process) + 1;
    }

    public void EndRead(int process) => _reads[process]--;

    public void EndAlone() => Alone = null;

    public void Downgrade() => Alone = Alone!.Value with { IsUpgraded = false };

    public void Asks(Call call, LockSide side, Instant deadline, bool isGivenUp) => _line.Add(new Waiting(call, side, deadline, isGivenUp));

    public void Upgrades(Call call, Instant deadline) => (Upgrader, UpgradeDeadline) = (call, deadline);

    public void CancelAny(int number)
    {
        if (Upgrader is { } upgrader && number % 3 == 0)
        {
            script.Cancel(upgrader);
        }
        else if (_line.Count > 0)
        {
            script.Cancel(_line[number % _line.Count].Call);
        }
    }

    public void Die(int process)
    {
        _reads.Remove(process);
        _line.RemoveAll(each => each.Call.Caller.Process == process);
        if (Alone?.Process == process)
        {
            IsAbandoned |= IsWritten;
            (Alone, Upgrader) = (null, null);
        }
    }

    /// <summary>Notes who was served, and who left; those whose grant came too late give it back at once.</summary>
    public void TakeReplies()
    {
        if (Upgrader is { Waits: false } upgrader)
        {
            Upgrader = null;
            if (upgrader.Succeeded)
            {
                script.Require(AllReads == 0, "an upgrade was granted beside readers");
                Alone = Alone!.Value with { IsUpgraded = true };
                Grows(upgrader);
            }
        }

        while (_line.FindIndex(static each => !each.Call.Waits) is >= 0 and var at)
        {
            var served = _line[at];
            var before = _line.Take(at).Where(static each => each.Call.Waits).ToList();
            _line.RemoveAt(at);
            if (served.Call.Succeeded)
            {
                Served(served, before);
            }
        }
    }

    /// <summary>Nobody waits who could go on, nor beyond his time.</summary>
    /// <param name="isToldOfAll">Whether the node has been told of all readers that left.</param>
    public void RequireOrder(bool isToldOfAll)
    {
        script.Require(!IsWritten || AllReads == 0, "somebody reads while another writes");
        script.Require(_line.TrueForAll(each => each.Deadline > script.Now), "somebody waits beyond his time");
        script.Require(Upgrader is null || UpgradeDeadline > script.Now, "an upgrade waits beyond its time");
        if (!isToldOfAll)
        {
            return;
        }

        script.Require(Upgrader is null || AllReads > 0, "an upgrade waits for nobody");
        foreach (var each in _line)
        {
            bool couldGoOn = each.Side switch
            {
                LockSide.Read => !IsWritten && Upgrader is null,
                LockSide.UpgradeableRead => Alone is null,
                _ => Alone is null && AllReads == 0,
            };
            script.Require(!couldGoOn, $"{each.Call} waits for nobody");
            if (each.Side == LockSide.Write)
            {
                break;
            }
        }
    }

    private void Served(Waiting served, List<Waiting> before)
    {
        int process = served.Call.Caller.Process;
        script.Require(!before.Exists(static each => each.Side == LockSide.Write), $"{served.Call} overtook a writer");
        script.Require(served.Side == LockSide.Read || !before.Exists(each => each.Side == served.Side), $"{served.Call} overtook another of its kind");
        if (served.Side == LockSide.Read)
        {
            script.Require(!IsWritten && Upgrader is null, $"{served.Call} reads beside a writer");
            _reads[process] = Reads(process) + 1;
        }
        else
        {
            script.Require(Alone is null, $"{served.Call} was served beside another one");
            script.Require(served.Side != LockSide.Write || AllReads == 0, $"{served.Call} writes beside readers");
            Alone = (process, served.Side, false);
            Grows(served.Call);
        }

        if (served.IsGivenUp)
        {
            if (served.Side == LockSide.Read)
            {
                EndRead(process);
            }
            else
            {
                EndAlone();
            }

            script.GiveUp(served.Call);
        }
    }

    private void Grows(Call call)
    {
        script.Require(call.Reply!.Value.Number > _fence, "the fence should grow");
        _fence = call.Reply.Value.Number;
    }

    private sealed record Waiting(Call Call, LockSide Side, Instant Deadline, bool IsGivenUp);
}
