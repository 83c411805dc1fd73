using System.Globalization;
using Multiproc.Processes.Views;

namespace Multiproc.Host.Ps;

/// <summary>Says in words which shared objects a program has, who holds them, and who waits.</summary>
internal sealed class ObjectSentences(ProgramView view)
{
    private readonly ILookup<int, string> _names = view.Processes.ToLookup(static each => each.Pid, static each => each.Name);

    /// <summary>Returns a line for each object, those that somebody waits for first, and one for each deadlock.</summary>
    public IEnumerable<string> All()
    {
        foreach (var each in view.Objects.OrderByDescending(static each => (each.Waiters.Count > 0, each.Holders.Count > 0, each.Counts.Count > 0)))
        {
            yield return Of(each);
        }

        if (view.ObjectsLeftOut > 0)
        {
            yield return $"and {view.ObjectsLeftOut} more";
        }

        foreach (var each in view.Cluster?.Objects ?? [])
        {
            yield return Sentence($"{each.Type} '{each.Name}' of the cluster, at {each.Node}", each.Holders, each.Waiters, each.Counts);
        }

        foreach (var deadlock in view.Deadlocks.Concat(view.Cluster?.Deadlocks ?? []))
        {
            yield return $"deadlock: {string.Join(", which ", deadlock.Steps.Select((step, i) => Of(deadlock, step, i)))}";
        }
    }

    /// <summary>Returns what one process holds and waits for.</summary>
    public IEnumerable<string> OfProcess(int pid)
    {
        foreach (var each in view.Objects)
        {
            foreach (var waiter in each.Waiters.Where(waiter => waiter.Pid == pid))
            {
                yield return $"{Thread(waiter)} has waited {Seconds(waiter)} for {Title(each)}{Others(each.Holders, ", held by ")}";
            }

            foreach (var holder in each.Holders.Where(holder => holder.Pid == pid))
            {
                yield return $"{Thread(holder)} holds {Title(each)}{Others(each.Waiters, ", waited for by ")}";
            }
        }
    }

    /// <summary>Returns a process by its name and number.</summary>
    private string Process(int pid) => pid == 0 ? "an unknown process" : _names[pid].FirstOrDefault() is { } name ? $"{name} ({pid})" : $"process {pid}";

    private string Of(ObjectView each) => Sentence(
        Title(each), [.. each.Holders.Select(Name)], [.. each.Waiters.Select(waiter => $"{Name(waiter)} for {Seconds(waiter)}")], each.Counts);

    private static string Sentence(
        string title, IReadOnlyList<string> holders, IReadOnlyList<string> waiters, IReadOnlyDictionary<string, long> counts)
    {
        var parts = counts.Select(static count => $"{count.Key} {count.Value}").ToList();
        if (waiters.Count > 0)
        {
            parts.Insert(0, $"waited for by {string.Join(" and ", waiters)}");
        }

        if (holders.Count > 0)
        {
            parts.Insert(0, $"held by {string.Join(" and ", holders)}");
        }

        return parts.Count == 0 ? title : $"{title}: {string.Join("; ", parts)}";
    }

    private string Of(DeadlockView deadlock, DeadlockStepView step, int index)
    {
        var next = deadlock.Steps[(index + 1) % deadlock.Steps.Count];
        return $"{(index == 0 ? $"{Name(step)} " : "")}waits for {step.Lock}{(step.Site is null ? "" : $" at {step.Site}")}, held by {Name(next)}";
    }

    private string Others(IReadOnlyList<PartyView> parties, string what) => parties.Count == 0 ? "" : what + string.Join(" and ", parties.Select(Name));

    private string Title(ObjectView each) => $"{each.Type} {each.Id} of {Process(each.Pid)}";

    private string Name(PartyView party) => party.Thread == 0 ? Process(party.Pid) : $"{Process(party.Pid)}, managed thread {party.Thread}";

    private string Name(DeadlockStepView step) => $"{Process(step.Pid)}{(step.Node.Length == 0 ? "" : $" at {step.Node}")}, managed thread {step.Thread}";

    private static string Thread(PartyView party) => party.Thread == 0 ? "it" : $"managed thread {party.Thread}";

    private static string Seconds(PartyView waiter) => string.Create(CultureInfo.InvariantCulture, $"{waiter.WaitedSeconds:0.0} s");
}
