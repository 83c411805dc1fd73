namespace Multiproc.Pool;

/// <content>How the workers have spent their time.</content>
internal sealed partial class PoolSupervisor
{
    private SlowTasks Slowest { get; } = new();

    public PoolInsights Insights()
    {
        var members = _members.Values.Where(static member => member.Process.HostPid is not null).OrderBy(static member => member.Id).ToList();
        List<WorkerInsight> workers = [.. members.Select(static member =>
        {
            var times = member.Times;
            var serialized = TimeSpan.FromMicroseconds(times.SerializedMicroseconds);
            var worked = TimeSpan.FromMicroseconds(Math.Max(0, times.TookMicroseconds - times.SerializedMicroseconds));
            return new WorkerInsight(
                member.Process.Name, member.Process.HostPid!.Value, times.Start, TimeSpan.FromMicroseconds(times.WaitedMicroseconds), serialized, worked, times.Tasks, times.Chunks);
        })];
        var longest = TimeSpan.FromMicroseconds(members.Select(static member => member.Times.LongestChunk).DefaultIfEmpty().Max());
        return new PoolInsights(workers, Slowest.List(), PoolAdvice.From(workers, longest));
    }
}
