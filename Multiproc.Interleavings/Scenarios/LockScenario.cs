using Multiproc.Interleavings.Exploring;
using Multiproc.Interleavings.Stepping;
using Multiproc.Objects.Locks;
using Multiproc.States;

namespace Multiproc.Interleavings.Scenarios;

/// <summary>A lock: nobody is inside beside a living holder, everybody gets in, and the death of a holder is told to the next one.</summary>
/// <param name="processes">How many.</param>
/// <param name="timed">Whether the last of them may give up waiting.</param>
/// <param name="deaths">How many die at most.</param>
internal sealed unsafe class LockScenario(int processes, bool timed, int deaths = 1) : NodeScenario(processes, deaths)
{
    private const long Acquire = FirstOwn;
    private const long HandOver = FirstOwn + 1;

    public override string Name => $"lock, {Processes} processes{(timed ? ", one of which gives up" : "")}{(MostDeaths == 1 ? "" : $", {MostDeaths} deaths")}";

    /// <summary>The fence and the depth, which the holder changes.</summary>
    public override Range PlainReads => 8..24;

    public override string? Wrong(World world) =>
        Enumerable.Range(1, Processes).Sum(process => world.Note($"in {process}")) > 1 ? "two living processes are inside"
        : world.Note("wrong fence") != 0 ? "a fence is not greater than the one before"
        : null;

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
        return (word & ~2) != 0 ? $"the lock is not free: {word:x}" : null;
    }

    protected override IDurableState MakeState(byte* memory) => new LockState(new LockCell(memory));

    protected override IEnumerable<Actor> Others() => timed ? [Timer(Processes)] : [];

    protected override ICommand Command(long message) =>
        message == Acquire ? new LockCommand.Acquire(1, WaitTimeout.Infinite) : LockCommand.HandOver.Instance;

    protected override byte[]? Process(Stepper stepper, int process, byte phase)
    {
        var cell = new LockCell(stepper.Memory);
        switch (phase)
        {
            case 0: // SharedLock.Acquire
                if (!cell.TryAcquire(process, 1)
                    && (timed && process == Processes ? AskInTime(stepper, process, Acquire) : Ask(stepper, process, Acquire)) != ReplyStatus.Ok)
                {
                    return null;
                }

                return [1];
            case 1:
                stepper.Do(world => world.AddNote($"in {process}", 1));
                long fence = cell.Fence;
                if (stepper.Do(world => world.Note("fence") < fence ? world.AddNote("fence", fence - world.Note("fence")) : -1) < 0)
                {
                    stepper.Do(static world => world.AddNote("wrong fence", 1));
                }

                return [2];
            default: // SharedLock.Release
                stepper.Do(world => world.AddNote($"in {process}", -1));
                if (cell.TryRelease() == ReleaseOutcome.NeedsNode)
                {
                    Tell(stepper, process, HandOver);
                }

                return null;
        }
    }
}
