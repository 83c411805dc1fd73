using System.Reflection;
using Multiproc.Nodes;
using Multiproc.Objects.Inspection;

namespace Multiproc.Processes.Views;

/// <summary>
/// Looks at this process, and has its children look at themselves, for a <see cref="ProgramView"/>. Nothing is prepared for it: a process that nobody looks at
/// pays nothing. What does not answer in time is left out, so that one busy or stopped process hides no other.
/// </summary>
internal static class ProgramLook
{
    /// <summary>Each level of children has half a second less than the one above, so that one below does not cost the answer of those above.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_lessForChildren = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan s_toTell = TimeSpan.FromSeconds(0.25);
    private static readonly TimeSpan s_forDeadlocks = TimeSpan.FromSeconds(5);

    private static readonly OneAtATime<IReadOnlyList<ObjectReport>> s_objects = new(static () => NodeInspector.Report(Node.Current));
    private static readonly OneAtATime<IReadOnlyList<DeadlockReport>> s_deadlocks = new(static () => Deadlocks.Find(Node.Current));

    /// <summary>Looks at this process as a program, deadlocks included.</summary>
    public static async Task<ProgramView> AtProgramAsync()
    {
        var view = await AtProcessAsync(s_patience).ConfigureAwait(false);
        bool mayBeLocked = view.Objects.Any(static each => each.Holders.Count > 0 && each.Waiters.Count > 0);
        return mayBeLocked ? view with { Deadlocks = await DeadlocksAsync().ConfigureAwait(false) } : view;
    }

    /// <summary>Looks at this process and those below it.</summary>
    /// <param name="patience">For how long the caller waits; what is not known somewhat before that is left out.</param>
    public static async Task<ProgramView> AtProcessAsync(TimeSpan patience)
    {
        long now = Environment.TickCount64;
        var own = Own();
        var children = Children.Current.Snapshot();
        var asked = children.Where(static child => child.HasOwnProcess).Select(child => AtChildAsync(child, patience - s_lessForChildren)).ToList();
        var (objects, leftOut) = await OwnObjectsAsync(patience - s_toTell).ConfigureAwait(false);
        var view = await ViewSources.CompleteAsync(new ProgramView
        {
            Milliseconds = now,
            Pid = Environment.ProcessId,
            Name = OwnName(),
            Processes = [own],
            Objects = objects,
            ObjectsLeftOut = leftOut,
        }).ConfigureAwait(false);
        foreach (var child in await Task.WhenAll(asked).ConfigureAwait(false))
        {
            view = Merged(view, child);
        }

        return view;
    }

    private static string OwnName() => CurrentProcess.Instance is { Parent: not null, Name: var name }
        ? name
        : Assembly.GetEntryAssembly()?.GetName().Name ?? Path.GetFileNameWithoutExtension(Environment.ProcessPath) ?? "program";

    private static ProcessView Own() => ProcessMeter.Measure(Environment.ProcessId, 0, OwnName(), "program")
        ?? new ProcessView(
            Environment.ProcessId, 0, OwnName(), "program", "running", Environment.CpuUsage.TotalTime.TotalSeconds, Environment.WorkingSet, 0);

    private static async Task<ProgramView?> AtChildAsync(ChildProcess child, TimeSpan patience)
    {
        if (child.HostPid is not { } pid
            || ProcessMeter.Measure(pid, Environment.ProcessId, child.Name, child.EndsWithParent ? "manager" : "process") is not { } measured)
        {
            return null;
        }

        var told = measured.State == "stopped" || patience <= TimeSpan.Zero ? null : await child.LookAsync(patience).ConfigureAwait(false);

        // Its own word about itself stands in the list of processes already, by what was measured here.
        return told is null
            ? new ProgramView
            {
                Milliseconds = 0,
                Pid = pid,
                Name = child.Name,
                Processes = [measured.State == "stopped" ? measured : measured with { State = "silent" }],
            }
            : told with { Processes = [measured, .. told.Processes.Where(each => each.Pid != pid)] };
    }

    private static ProgramView Merged(ProgramView view, ProgramView? child) => child is null ? view : view with
    {
        Processes = [.. view.Processes, .. child.Processes],
        Pools = [.. view.Pools, .. child.Pools],
        Objects = [.. view.Objects, .. child.Objects],
        ObjectsLeftOut = view.ObjectsLeftOut + child.ObjectsLeftOut,
    };

    private static async Task<(IReadOnlyList<ObjectView> Objects, int LeftOut)> OwnObjectsAsync(TimeSpan patience)
    {
        try
        {
            var reports = await s_objects.RunAsync().WaitAsync(patience).ConfigureAwait(false);
            var chosen = reports
                .OrderByDescending(static each => (each.Waiters.Count > 0, each.Holders.Count > 0, each.Counts.Count > 0)).ThenBy(static each => each.Id)
                .Take(ProgramView.MostObjects).Select(Of);
            return ([.. chosen], Math.Max(0, reports.Count - ProgramView.MostObjects));
        }
        catch (TimeoutException)
        {
            // An object is busy. The next look may find it idle.
            return ([], 0);
        }
    }

    private static ObjectView Of(ObjectReport report) => new(
        Environment.ProcessId, report.Id, report.Type, report.Bytes,
        [.. report.Holders.Select(static each => new PartyView(each.Who.Pid, each.Who.Thread, Count: each.Count))],
        [.. report.Waiters.Select(static each => new PartyView(each.Who.Pid, each.Who.Thread, WaitedSeconds: each.Waited.TotalSeconds))],
        report.Counts);

    private static async Task<IReadOnlyList<DeadlockView>> DeadlocksAsync()
    {
        try
        {
            var found = await s_deadlocks.RunAsync().WaitAsync(s_forDeadlocks).ConfigureAwait(false);
            return [.. found.Select(static each => new DeadlockView(
                [.. each.Steps.Select(static step => new DeadlockStepView("", step.Who.Pid, step.Who.Thread, $"lock {step.ObjectId}", step.Site))]))];
        }
        catch (TimeoutException)
        {
            return [];
        }
    }
}
