using Multiproc.Interleavings.Stepping;
using Multiproc.Objects.Semaphores;
using Multiproc.States;

namespace Multiproc.Interleavings.Scenarios;

/// <summary>A semaphore: never more living holders than permits, everybody gets one, and all permits are back at the end, those of the dead too.</summary>
/// <param name="processes">How many.</param>
/// <param name="permits">How many permits.</param>
/// <param name="deaths">How many die at most.</param>
internal sealed unsafe class SemaphoreScenario(int processes, int permits, int deaths = 1) : NodeScenario(processes, deaths)
{
    private const long Acquire = FirstOwn;
    private const long Grant = FirstOwn + 1;

    public override string Name => $"semaphore, {Processes} processes, {permits} permits{(MostDeaths == 1 ? "" : $", {MostDeaths} deaths")}";

    protected override ICommand? Introduce => SemaphoreCommand.Join.Instance;

    public override string? Wrong(World world) =>
        Enumerable.Range(1, Processes).Sum(process => world.Note($"in {process}")) > permits ? $"more than {permits} living processes hold a permit" : null;

    public override string? WrongAtTheEnd(World world, IReadOnlyList<bool> hasEnded, IReadOnlyList<bool> isDead)
    {
        for (int process = 0; process < Processes; process++)
        {
            if (!hasEnded[process] && !isDead[process])
            {
                return $"process {process + 1} waits for ever";
            }
        }

        int count = (int)(BitConverter.ToInt64(world.Memory, 0) & SemaphoreCell.MaxCount);
        return count != permits ? $"{count} of {permits} permits are there" : null;
    }

    protected override IDurableState MakeState(byte* memory) => new SemaphoreState(new SemaphoreCell(memory), permits, permits);

    protected override ICommand Command(long message) =>
        message == Acquire ? new SemaphoreCommand.Acquire(WaitTimeout.Infinite) : SemaphoreCommand.Grant.Instance;

    protected override byte[]? Process(Stepper stepper, int process, byte phase)
    {
        var cell = new SemaphoreCell(stepper.Memory);
        if (phase == 0) // SharedSemaphoreBase.Acquire
        {
            if (!cell.TryTake(process))
            {
                Ask(stepper, process, Acquire);
            }

            return [1];
        }

        if (phase == 1)
        {
            stepper.Do(world => world.AddNote($"in {process}", 1));
            return [2];
        }

        // SharedSemaphoreBase.Release
        stepper.Do(world => world.AddNote($"in {process}", -1));
        if (cell.Give(process, permits) == PermitOutcome.NeedsNode)
        {
            Tell(stepper, process, Grant);
        }

        return null;
    }
}
