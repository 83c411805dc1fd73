using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Counters;

/// <summary>A counter, which is its cell. Commands add to the first stripe, beside the processes that have mapped it.</summary>
internal sealed class CounterState(CounterCell cell) : IDurableState
{
    public void Step(Caller caller, ICommand command, Instant now, Effects effects)
    {
        switch (command)
        {
            case CounterCommand.Add add:
                cell.Add(0, add.Amount);
                effects.Reply(caller, Reply.Done);
                break;
            case CounterCommand.Read:
                effects.Reply(caller, Reply.Of(cell.Sum));
                break;
            case CounterCommand.Reset:
                effects.Reply(caller, Reply.Of(cell.Reset()));
                break;
        }
    }

    public StateSnapshot TakeSnapshot() => new() { Counts = new Dictionary<string, long> { ["value"] = cell.Sum } };

    public void Save(WireWriter writer)
    {
        // The cell is saved by its owner.
    }

    public void Restore(ref WireReader reader)
    {
    }
}
