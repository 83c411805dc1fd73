using Multiproc.Interleavings.Stepping;
using Multiproc.Objects.Countdowns;
using Multiproc.States;

namespace Multiproc.Interleavings.Scenarios;

/// <summary>
/// A countdown that some processes signal, each once, and others wait for. Nobody goes on before it is zero; once it is, nobody waits, even if the last
/// signaller died.
/// </summary>
/// <param name="signallers">How many signal.</param>
/// <param name="waiters">How many wait.</param>
/// <param name="deaths">How many die at most.</param>
internal sealed unsafe class CountdownScenario(int signallers, int waiters, int deaths = 1) : NodeScenario(signallers + waiters, deaths)
{
    private const long Wait = FirstOwn;
    private const long Reached = FirstOwn + 1;

    public override string Name => $"countdown, {signallers} signallers, {waiters} waiters{(MostDeaths == 1 ? "" : $", {MostDeaths} deaths")}";

    public override string? Wrong(World world) =>
        world.Note("early") != 0 ? "somebody went on before the count was zero"
        : world.Note("last") > 1 ? "two signals were the last"
        : null;

    public override string? WrongAtTheEnd(World world, IReadOnlyList<bool> hasEnded, IReadOnlyList<bool> isDead)
    {
        int count = BitConverter.ToInt32(world.Memory, 0);
        if (count != 0)
        {
            return isDead.Take(signallers).Contains(true) ? null : $"the count is {count}, though all have signalled";
        }

        for (int process = signallers; process < Processes; process++)
        {
            if (!hasEnded[process] && !isDead[process])
            {
                return $"process {process + 1} waits for ever for a count that is zero";
            }
        }

        return null;
    }

    protected override IDurableState MakeState(byte* memory) => new CountdownState(new CountdownCell(memory), signallers);

    protected override ICommand Command(long message) =>
        message == Wait ? new CountdownCommand.Wait(WaitTimeout.Infinite) : CountdownCommand.Reached.Instance;

    protected override byte[]? Process(Stepper stepper, int process, byte phase)
    {
        var cell = new CountdownCell(stepper.Memory);
        if (process > signallers) // SharedCountdown.Wait
        {
            if (cell.Count != 0)
            {
                Ask(stepper, process, Wait);
            }

            stepper.Do(static world => BitConverter.ToInt32(world.Memory, 0) == 0 ? 0 : world.AddNote("early", 1));
            return null;
        }

        var outcome = cell.Signal(1); // SharedCountdown.Signal
        if (outcome == SignalOutcome.NeedsNode)
        {
            Tell(stepper, process, Reached);
        }

        if (outcome != SignalOutcome.Counted)
        {
            stepper.Do(static world => world.AddNote("last", 1));
        }

        return null;
    }
}
