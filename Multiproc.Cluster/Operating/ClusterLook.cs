using Multiproc.Processes.Views;

namespace Multiproc.Cluster.Operating;

/// <summary>
/// What a node tells about its cluster in a view of its program. Looking at objects asks every node, so it is done at most once in five seconds; members are
/// those of now.
/// </summary>
internal sealed class ClusterLook
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(5);
    private static readonly Lock s_gate = new();
    private static readonly List<ClusterLook> s_all = [];

    private readonly ClusterContext _cluster;
    private readonly Lock _gate = new();
    private Task<Objects> _objects = Task.FromResult(new Objects([], [], []));
    private long? _asked;

    private ClusterLook(ClusterContext cluster) => _cluster = cluster;

    /// <summary>Adds a cluster that this process has joined; it is forgotten once it was left.</summary>
    public static void Add(ClusterContext cluster)
    {
        lock (s_gate)
        {
            if (s_all.Count == 0)
            {
                ViewSources.Add(CompleteAsync);
            }

            s_all.RemoveAll(static each => each._cluster.HasLeft);
            s_all.Add(new ClusterLook(cluster));
        }

        ViewListener.BeginInBackground();
    }

    private static async Task<ProgramView> CompleteAsync(ProgramView view)
    {
        ClusterLook? look;
        lock (s_gate)
        {
            look = s_all.Find(static each => !each._cluster.HasLeft);
        }

        return look is null ? view : view with { Cluster = await look.ViewAsync().ConfigureAwait(false) };
    }

    private async Task<ClusterView> ViewAsync()
    {
        var objects = await LatestAsync().ConfigureAwait(false);
        return new ClusterView(
            _cluster.Address,
            [.. _cluster.Members.Select(static each => new MemberView(each.Address, each.Roles, each.Status, each.IsReachable, each.IsSelf))],
            objects.All, objects.Silent, objects.Deadlocks);
    }

    /// <summary>What was found last, or what is found now if that takes no longer than a view may.</summary>
    private async Task<Objects> LatestAsync()
    {
        Task<Objects> before;
        Task<Objects> asked;
        lock (_gate)
        {
            before = _objects;
            if (before.IsCompleted && (_asked is not { } last || TimeProvider.System.GetElapsedTime(last) >= s_pause))
            {
                _asked = TimeProvider.System.GetTimestamp();
                _objects = Task.Run(FindAsync);
            }

            asked = _objects;
        }

        await ((Task)asked).WaitAsync(s_patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return asked.IsCompletedSuccessfully ? await asked.ConfigureAwait(false)
            : before.IsCompletedSuccessfully ? await before.ConfigureAwait(false)
            : new Objects([], [], []);
    }

    private async Task<Objects> FindAsync()
    {
        var report = await _cluster.InspectAsync().ConfigureAwait(false);
        bool mayBeLocked = report.Objects.Any(static each => each.Holders.Count > 0 && each.Waiters.Count > 0);
        var deadlocks = mayBeLocked ? await _cluster.FindDeadlocksAsync().ConfigureAwait(false) : [];
        return new Objects(
            [
                .. report.Objects.Take(ProgramView.MostObjects).Select(static each => new ClusterObjectView(
                    each.Name, each.Type, each.Node, [.. each.Holders.Select(static holder => holder.Who.ToString())],
                    [.. each.Waiters.Select(static waiter => waiter.ToString())], each.Counts)),
            ],
            report.Silent,
            [
                .. deadlocks.Select(static each => new DeadlockView(
                    [.. each.Steps.Select(static step => new DeadlockStepView(step.Who.Node, step.Who.Pid, step.Who.Thread, $"'{step.Lock}'", step.Site))])),
            ]);
    }

    private sealed record Objects(IReadOnlyList<ClusterObjectView> All, IReadOnlyList<string> Silent, IReadOnlyList<DeadlockView> Deadlocks);
}
