using Multiproc.Interleavings.Stepping;
using Multiproc.Objects.Barriers;
using Multiproc.States;

namespace Multiproc.Interleavings.Scenarios;

/// <summary>
/// A barrier whose node sleeps until it is woken, as only the last arrival does: when all have sent their messages, or one that waited has died, nobody waits.
/// </summary>
/// <param name="parties">How many there are.</param>
/// <param name="deaths">How many die at most.</param>
internal sealed unsafe class BarrierScenario(int parties, int deaths = 1) : NodeScenario(parties, deaths)
{
    private const long Wait = FirstOwn;

    public override string Name => $"barrier, {Processes} parties{(MostDeaths == 1 ? "" : $", {MostDeaths} deaths")}";

    protected override bool Sleeps => true;

    public override string? WrongAtTheEnd(World world, IReadOnlyList<bool> hasEnded, IReadOnlyList<bool> isDead)
    {
        bool isComplete = Enumerable.Range(1, Processes).All(process => world.Note($"sent {process}") > 0);
        bool isBroken = Enumerable.Range(1, Processes).Any(process => isDead[process - 1] && world.Note($"sent {process}") > 0);
        for (int process = 0; process < Processes; process++)
        {
            if (!hasEnded[process] && !isDead[process] && (isComplete || isBroken))
            {
                return $"party {process + 1} waits for ever at a barrier that is {(isComplete ? "complete" : "broken")}";
            }
        }

        return null;
    }

    protected override IDurableState MakeState(byte* memory) => new BarrierState(new BarrierCell(memory), Processes, hasAction: false);

    protected override ICommand Command(long message) => new BarrierCommand.Wait(WaitTimeout.Infinite);

    protected override byte[]? Process(Stepper stepper, int process, byte phase)
    {
        var cell = new BarrierCell(stepper.Memory);
        bool wakes = cell.Arrive(Processes, hasLimit: false); // SharedBarrier.Wait
        stepper.Do(world =>
        {
            world.AddNote($"sent {process}", 1);
            return world.Send(process, Wait);
        });
        if (wakes || cell.MustBeRead(Processes))
        {
            stepper.Do(WakeUp);
        }

        stepper.Do(world => world.Receive(Processes + process), world => world.HasMessage(Processes + process));
        return null;
    }
}
