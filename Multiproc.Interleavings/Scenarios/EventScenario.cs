using Multiproc.Interleavings.Stepping;
using Multiproc.Objects.Events;
using Multiproc.States;

namespace Multiproc.Interleavings.Scenarios;

/// <summary>An event that process 1 sets, or sets, clears and sets; the others wait. Once it is set for good, nobody waits, even if its setter died.</summary>
/// <param name="processes">How many.</param>
/// <param name="clears">Whether it is cleared once.</param>
/// <param name="deaths">How many die at most.</param>
internal sealed unsafe class EventScenario(int processes, bool clears, int deaths = 1) : NodeScenario(processes, deaths)
{
    private const long Wait = FirstOwn;
    private const long Call = FirstOwn + 1;

    public override string Name => $"event, {Processes} processes{(clears ? ", set twice" : "")}{(MostDeaths == 1 ? "" : $", {MostDeaths} deaths")}";

    public override string? WrongAtTheEnd(World world, IReadOnlyList<bool> hasEnded, IReadOnlyList<bool> isDead)
    {
        if ((world.Memory[0] & 1) == 0)
        {
            return isDead[0] ? null : "the event is not set, though its setter lives";
        }

        for (int process = 1; process < Processes; process++)
        {
            if (!hasEnded[process] && !isDead[process])
            {
                return $"process {process + 1} waits for ever for an event that is set";
            }
        }

        return null;
    }

    protected override IDurableState MakeState(byte* memory) => new EventState(new EventCell(memory));

    protected override ICommand Command(long message) => message == Wait ? new EventCommand.Wait(WaitTimeout.Infinite) : EventCommand.Call.Instance;

    protected override byte[]? Process(Stepper stepper, int process, byte phase)
    {
        var cell = new EventCell(stepper.Memory);
        if (process > 1) // SharedEvent.Wait
        {
            if (!cell.IsSet)
            {
                Ask(stepper, process, Wait);
            }

            return null;
        }

        if (clears && phase == 1)
        {
            cell.Clear();
            return [2];
        }

        if (cell.Set()) // SharedEvent.Set
        {
            Tell(stepper, process, Call);
        }

        return clears && phase == 0 ? [1] : null;
    }
}
