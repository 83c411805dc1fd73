using Multiproc.Interleavings.Exploring;
using Multiproc.Interleavings.Stepping;
using Multiproc.Objects.Queues;

namespace Multiproc.Interleavings.Scenarios;

/// <summary>
/// Items that a process may claim in mapped memory while the node calls them back and offers others. Each belongs to one of the two, and none to nobody.
/// </summary>
internal sealed unsafe class AheadScenario : Scenario
{
    private const int Slot = 3;
    private const int First = 2;
    private const int Second = 2;

    public override string Name => "slots of items ahead";

    public override int Channels => 1;

    public override IReadOnlyList<Actor> Actors => [new("process", [1], Claim), new("node", [0], CallBack, MayDie: false)];

    public override void Begin(World world, byte* memory)
    {
        new AheadCell(memory).Offer(Slot, 1, First);
        world.Send(0, 1);
    }

    public override void Died(World world, int actor) => world.AddNote("dead", 1);

    public override string? Wrong(World world) => Enumerable.Range(0, First + Second).FirstOrDefault(item =>
        world.Note($"claimed {item}") + world.Note($"node {item}") > 1, -1) is >= 0 and int twice ? $"item {twice} belongs to two" : null;

    public override string? WrongAtTheEnd(World world, IReadOnlyList<bool> hasEnded, IReadOnlyList<bool> isDead)
    {
        for (int item = 0; item < (world.Note("offered") != 0 ? First + Second : First); item++)
        {
            if (world.Note($"claimed {item}") + world.Note($"node {item}") == 0 && !isDead[0])
            {
                return $"item {item} belongs to nobody";
            }

            if (world.Note($"done {item}") != 0 && world.Note($"node {item}") != 0)
            {
                return $"item {item} was done, and goes to somebody else";
            }

            if (isDead[0] && world.Note($"done {item}") + world.Note($"node {item}") == 0)
            {
                return $"item {item} died with its process";
            }
        }

        return null;
    }

    /// <summary>Claims of the batch that it was told of last; each is done when it is acknowledged.</summary>
    private static byte[]? Claim(Stepper stepper, byte[] state)
    {
        var cell = new AheadCell(stepper.Memory);
        uint batch = state[0];
        if (!cell.TryClaim(Slot, batch, out int index))
        {
            // Told of another one, or of none: the node sends a message with each.
            return batch == 1 && stepper.Do(static world => world.Note("offered")) != 0 ? [2] : null;
        }

        int item = index + (batch == 1 ? 0 : First);
        stepper.Do(world => world.AddNote($"claimed {item}", 1));
        cell.Acknowledge(Slot, index);
        return state;
    }

    private static byte[]? CallBack(Stepper stepper, byte[] state)
    {
        var cell = new AheadCell(stepper.Memory);
        int first = state[0] == 0 ? 0 : First;
        int count = state[0] == 0 ? First : Second;
        int claimed = cell.CallBack(Slot, count);
        for (int index = claimed; index < count; index++)
        {
            int item = first + index;
            stepper.Do(world => world.AddNote($"node {item}", 1));
        }

        // Everything claimed is acknowledged, or its process is gone.
        for (int index = 0; index < claimed; index++)
        {
            bool isDone = true;
            while (!cell.IsAcknowledged(Slot, index))
            {
                if (stepper.Do(static world => world.Note("dead")) != 0)
                {
                    isDone = cell.IsAcknowledged(Slot, index);
                    if (!isDone)
                    {
                        int item = first + index;
                        stepper.Do(world =>
                        {
                            world.Notes = world.Notes.Remove($"claimed {item}");
                            return world.AddNote($"node {item}", 1);
                        });
                    }

                    break;
                }

                int word = ((Slot * 2) + 1) * sizeof(long), bit = index;
                stepper.Do(static _ => 0, world => (world.Memory[word] & (1 << bit)) != 0 || world.Note("dead") != 0);
            }

            if (isDone)
            {
                int item = first + index;
                stepper.Do(world => world.AddNote($"done {item}", 1));
            }
        }

        if (state[0] == 1 || stepper.Do(static world => world.Note("dead")) != 0)
        {
            return null;
        }

        cell.Offer(Slot, 2, Second);
        stepper.Do(static world => world.AddNote("offered", 1));
        return [1];
    }
}
