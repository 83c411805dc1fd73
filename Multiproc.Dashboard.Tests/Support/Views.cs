using Multiproc.Dashboard.Collecting;
using Multiproc.Processes.Views;

namespace Multiproc.Dashboard.Tests.Support;

/// <summary>Views of programs that do not run, for what depends on nothing but what a program tells.</summary>
internal static class Views
{
    public static ProcessView Process(int pid, double processorSeconds = 0, long memory = 0, string name = "Process-1", int parent = 0) =>
        new(pid, parent, name, parent == 0 ? "program" : "process", "running", processorSeconds, memory, 0);

    public static WorkerView Worker(int pid, long tasks) => new(pid, $"PoolWorker-{pid}", "", tasks, 1, 1);

    public static ProgramView Program(int pid, params ProcessView[] processes) =>
        new() { Milliseconds = 0, Pid = pid, Name = $"Program{pid}", Processes = processes };

    public static PoolView Pool(int pid, long done, params WorkerView[] workers) =>
        new() { Pid = pid, Number = 1, Name = "Pool 1", State = "running", Done = done, Workers = workers };

    public static ObjectView Queue(int pid, long id, long items) => new(pid, id, "queue", 0, [], [], new Dictionary<string, long> { ["items"] = items });
}

/// <summary>A source whose next sights a test sets.</summary>
internal sealed class FixedSource(params Sight[] sights) : IProgramSource
{
    private int _looks;

    public IReadOnlyList<Sight> Sights { get; set; } = sights;

    /// <summary>The number of looks so far.</summary>
    public int Looks => Volatile.Read(ref _looks);

    public ValueTask<IReadOnlyList<Sight>> LookAsync(CancellationToken cancellation)
    {
        Interlocked.Increment(ref _looks);
        return ValueTask.FromResult(Sights);
    }
}
