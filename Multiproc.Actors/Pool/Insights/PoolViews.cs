using Multiproc.Processes.Views;

namespace Multiproc.Pool;

/// <summary>The pools of this process, for views of it. A pool that was forgotten without being closed is not kept by this.</summary>
internal static class PoolViews
{
    private static readonly Lock s_gate = new();
    private static readonly List<(int Number, WeakReference<PoolHandle> Pool)> s_all = [];
    private static int s_last;

    public static void Add(PoolHandle pool)
    {
        lock (s_gate)
        {
            if (s_last == 0)
            {
                ViewSources.Add(static view => Task.FromResult(view with { Pools = [.. view.Pools, .. All()] }));
            }

            s_all.Add((++s_last, new WeakReference<PoolHandle>(pool)));
        }
    }

    public static void Remove(PoolHandle pool)
    {
        lock (s_gate)
        {
            s_all.RemoveAll(each => !each.Pool.TryGetTarget(out var living) || living == pool);
        }
    }

    private static IEnumerable<PoolView> All()
    {
        (int Number, WeakReference<PoolHandle> Pool)[] all;
        lock (s_gate)
        {
            all = [.. s_all];
        }

        foreach (var (number, reference) in all)
        {
            if (reference.TryGetTarget(out var pool))
            {
                yield return Of(number, pool);
            }
        }
    }

    private static PoolView Of(int number, PoolHandle pool)
    {
        var insights = pool.Insights();
        var calls = pool.Jobs.OrderBy(static job => job.Id).Select(static job => (Job: job, job.Progress)).ToList();

        // After the workers' own counts: a worker that leaves in between is counted twice for a moment at worst, never forgotten.
        long past = pool.Past.Tasks;
        return new PoolView
        {
            Pid = Environment.ProcessId,
            Number = number,
            Name = pool.Name ?? $"Pool {number}",
            State = pool.State,
            Problem = pool.Broken?.Message,
            Done = past + insights.Workers.Sum(static each => each.Tasks),
            Failed = pool.Past.Failed + calls.Sum(static each => each.Progress.Failed),
            Retried = pool.Past.Retried + calls.Sum(static each => each.Progress.Retried),
            Died = pool.Past.Died,
            Workers =
            [
                .. insights.Workers.Select(static each =>
                    new WorkerView(each.Pid, each.Name, each.Node, each.Tasks, (each.Worked + each.Serialized).TotalSeconds, each.Waited.TotalSeconds)),
            ],
            Calls = [.. calls.Take(PoolView.MostCalls).Select(static each => Of(each.Job, each.Progress))],
            CallsLeftOut = Math.Max(0, calls.Count - PoolView.MostCalls),
            SlowTasks = [.. insights.SlowestTasks.Select(static each => new SlowTaskView(each.Index, each.Argument, each.Elapsed.TotalSeconds))],
            Deaths = pool.Past.Deaths,
            Advice = insights.Advice,
        };
    }

    private static CallView Of(PoolJob job, PoolProgress progress) =>
        new(job.Id, job.Kind, progress.Done, progress.Failed, progress.Total, progress.Elapsed.TotalSeconds);
}
