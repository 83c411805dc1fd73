using Multiproc.Interleavings.Stepping;
using Multiproc.Objects.Conditions;
using Multiproc.States;

namespace Multiproc.Interleavings.Scenarios;

/// <summary>
/// A condition: the last process notifies one waiter, the others wait, all under a lock. A notification that was written wakes one of those that waited then,
/// also if the notifier, or the one that it was for, has died.
/// </summary>
/// <param name="waiters">How many wait.</param>
/// <param name="deaths">How many die at most.</param>
internal sealed unsafe class ConditionScenario(int waiters, int deaths = 1) : NodeScenario(waiters + 1, deaths)
{
    private const long ReadCalls = FirstOwn;
    private const long Taken = FirstOwn + 1;

    /// <summary>With the ticket added to it.</summary>
    private const long Wait = FirstOwn + 2;

    public override string Name => $"condition, {waiters} waiters{(MostDeaths == 1 ? "" : $", {MostDeaths} deaths")}";

    /// <summary>The calls, which the node reads plainly.</summary>
    public override Range PlainReads => 0..(ConditionCell.Bytes);

    public override string? Wrong(World world) => world.Note("woken") > 1 ? "one notification woke two" : null;

    public override string? WrongAtTheEnd(World world, IReadOnlyList<bool> hasEnded, IReadOnlyList<bool> isDead)
    {
        if (!hasEnded[waiters] && !isDead[waiters])
        {
            return "the notifier waits for ever";
        }

        bool isWritten = BitConverter.ToInt64(world.Memory, sizeof(long)) > 0;
        return isWritten && world.Note("woken") == 0
            && Enumerable.Range(1, waiters).Any(process => !isDead[process - 1] && !hasEnded[process - 1] && world.Note($"before {process}") > 0)
            ? "a notification was lost: one who waited before it waits for ever"
            : null;
    }

    public override void Died(World world, int actor)
    {
        base.Died(world, actor);
        if (world.Note("lock") == actor + 1)
        {
            world.AddNote("lock", -(actor + 1));
        }
    }

    protected override IDurableState MakeState(byte* memory) => new ConditionState(new ConditionCell(memory));

    protected override ICommand Command(long message) => message switch
    {
        ReadCalls => ConditionCommand.ReadCalls.Instance,
        Taken => new ConditionCommand.Taken(0),
        _ => new ConditionCommand.Wait(message - Wait, WaitTimeout.Infinite),
    };

    /// <summary>An acknowledgement names its call, which has the number of the process.</summary>
    protected override ICommand Command(int process, long message) => message == Taken ? new ConditionCommand.Taken(process) : Command(message);

    protected override byte[]? Process(Stepper stepper, int process, byte phase)
    {
        var cell = new ConditionCell(stepper.Memory);
        return process > waiters ? Notify(stepper, cell, process, phase) : Await(stepper, cell, process, phase);
    }

    private byte[]? Await(Stepper stepper, ConditionCell cell, int process, byte phase)
    {
        switch (phase)
        {
            case 0:
                Lock(stepper, process);
                return [1];
            case 1: // SharedCondition.Wait
                long ticket = cell.TakeTicket(process);
                Tell(stepper, process, Wait + ticket);

                // Before the notification, if it is not written: both are under the lock.
                stepper.Do(world => BitConverter.ToInt64(world.Memory, sizeof(long)) == 0 ? world.AddNote($"before {process}", 1) : 0);
                Unlock(stepper, process);
                return [2];
            default:
                stepper.Do(world => world.Receive(Processes + process), world => world.HasMessage(Processes + process));
                Lock(stepper, process);
                stepper.Do(world =>
                {
                    world.AddNote("woken", 1);
                    return world.Send(process, Taken);
                });
                Unlock(stepper, process);
                return null;
        }
    }

    private byte[]? Notify(Stepper stepper, ConditionCell cell, int process, byte phase)
    {
        if (phase == 0)
        {
            Lock(stepper, process);
            return [1];
        }

        if (cell.HasWaiters && cell.TryCall(1)) // SharedCondition.Notify
        {
            Tell(stepper, process, ReadCalls);
            stepper.Do(world => world.Receive(Processes + process), world => world.HasMessage(Processes + process));
        }

        Unlock(stepper, process);
        return null;
    }

    /// <summary>A lock that is right: that of the product has a scenario of its own.</summary>
    private static void Lock(Stepper stepper, int process) => stepper.Do(world => world.AddNote("lock", process), static world => world.Note("lock") == 0);

    private static void Unlock(Stepper stepper, int process) => stepper.Do(world => world.AddNote("lock", -process));
}
