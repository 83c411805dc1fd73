using Multiproc.Interleavings.Exploring;
using Multiproc.Interleavings.Stepping;
using Multiproc.Objects.ReadWriteLocks;
using Multiproc.Objects.Semaphores;
using Multiproc.States;

namespace Multiproc.Interleavings.Scenarios;

/// <summary>
/// A read-write lock: no living reader beside a living writer, everybody gets in, and it is free at the end, whoever died. Readers come and go by the cell, the
/// writer by the node; the writer may come as an upgradeable reader.
/// </summary>
/// <param name="readers">How many read.</param>
/// <param name="upgrades">Whether the writer, which is the last process, reads first.</param>
/// <param name="timed">Whether the writer may give up waiting.</param>
/// <param name="deaths">How many die at most.</param>
internal sealed unsafe class ReadWriteScenario(int readers, bool upgrades, bool timed = false, int deaths = 1) : NodeScenario(readers + 1, deaths)
{
    private const long Read = FirstOwn;
    private const long Write = FirstOwn + 1;
    private const long Upgradeable = FirstOwn + 2;
    private const long Upgrade = FirstOwn + 3;
    private const long ReleaseWrite = FirstOwn + 4;
    private const long ReleaseUpgradeable = FirstOwn + 5;
    private const long Left = FirstOwn + 6;

    public override string Name =>
        $"read-write lock, {readers} readers and a writer{(upgrades ? " that upgrades" : "")}{(timed ? " that gives up" : "")}"
        + (MostDeaths == 1 ? "" : $", {MostDeaths} deaths");

    /// <summary>The fence, which the node reads plainly before it writes it.</summary>
    public override Range PlainReads => 576..584;

    protected override ICommand? Introduce => ReadWriteCommand.Join.Instance;

    public override string? Wrong(World world) =>
        world.Note($"in {Processes}") > 0 && Enumerable.Range(1, readers).Any(process => world.Note($"in {process}") > 0)
            ? "a living reader is inside beside a living writer" : null;

    public override string? WrongAtTheEnd(World world, IReadOnlyList<bool> hasEnded, IReadOnlyList<bool> isDead)
    {
        for (int process = 0; process < Processes; process++)
        {
            if (!hasEnded[process] && !isDead[process])
            {
                return $"process {process + 1} waits for ever";
            }
        }

        long word = BitConverter.ToInt64(world.Memory, 0);
        int left = ReadWriteCell.MaxReaders - (int)(word & SemaphoreCell.MaxCount);
        return left != 0 ? $"{left} readers are left behind"
            : ((word >> 35) & 1) != 0 ? "the lock is closed, and nobody waits"
            : BitConverter.ToInt32(world.Memory, 584) != 0 ? "the lock is held by one who is gone"
            : null;
    }

    protected override IDurableState MakeState(byte* memory) => new ReadWriteState(new ReadWriteCell(memory));

    protected override IEnumerable<Actor> Others() => timed ? [Timer(Processes)] : [];

    protected override ICommand Command(long message) => message switch
    {
        Read => new ReadWriteCommand.Acquire(LockSide.Read, 1, WaitTimeout.Infinite),
        Write => new ReadWriteCommand.Acquire(LockSide.Write, 1, WaitTimeout.Infinite),
        Upgradeable => new ReadWriteCommand.Acquire(LockSide.UpgradeableRead, 1, WaitTimeout.Infinite),
        Upgrade => new ReadWriteCommand.Upgrade(1, WaitTimeout.Infinite),
        ReleaseWrite => new ReadWriteCommand.Release(LockSide.Write, 1),
        ReleaseUpgradeable => new ReadWriteCommand.Release(LockSide.UpgradeableRead, 1),
        _ => ReadWriteCommand.ReaderLeft.Instance,
    };

    protected override byte[]? Process(Stepper stepper, int process, byte phase) =>
        process <= readers ? Reads(stepper, process, phase) : Writes(stepper, process, phase);

    private byte[]? Reads(Stepper stepper, int process, byte phase)
    {
        var cell = new ReadWriteCell(stepper.Memory);
        switch (phase)
        {
            case 0: // SharedReadWriteLock.AcquireRead
                if (!cell.TryRead(process, 1))
                {
                    Ask(stepper, process, Read);
                    cell.NoteThread(process, 1);
                }

                return [1];
            case 1:
                stepper.Do(world => world.AddNote($"in {process}", 1));
                return [2];
            default: // SharedReadWriteLock.ReleaseRead
                stepper.Do(world => world.AddNote($"in {process}", -1));
                if (cell.EndRead(process, 1) == PermitOutcome.NeedsNode)
                {
                    Tell(stepper, process, Left);
                }

                return null;
        }
    }

    private byte[]? Writes(Stepper stepper, int process, byte phase)
    {
        switch (phase)
        {
            case 0:
                return Wait(stepper, process, upgrades ? Upgradeable : Write) ? [upgrades ? (byte)1 : (byte)2] : null;
            case 1:
                return Wait(stepper, process, Upgrade) ? [2] : [4];
            case 2:
                stepper.Do(world => world.AddNote($"in {process}", 1));
                return [3];
            case 3:
                stepper.Do(world => world.AddNote($"in {process}", -1));
                return [4];
            default:
                Ask(stepper, process, upgrades ? ReleaseUpgradeable : ReleaseWrite);
                return null;
        }
    }

    private bool Wait(Stepper stepper, int process, long message) =>
        (timed ? AskInTime(stepper, process, message) : Ask(stepper, process, message)) == ReplyStatus.Ok;
}
