using Multiproc.Processes;

namespace Multiproc.Pool.Workers;

/// <summary>A task that runs beside others.</summary>
/// <param name="job">Its job.</param>
/// <param name="task">Its number in the job.</param>
/// <param name="definition">The function; null if it precedes the input.</param>
/// <param name="content">The length of the input, and the input.</param>
internal sealed class ConcurrentTask(int job, long task, Lazy<WorkerJob>? definition, ReadOnlyMemory<byte> content)
{
    private readonly CancellationTokenSource _source = new();

    public int Job => job;

    public long Task => task;

    public Lazy<WorkerJob>? Definition => definition;

    public ReadOnlyMemory<byte> Content => content;

    public bool IsSingle => definition is null;

    public CancellationToken Token => _source.Token;

    /// <summary>Whether its time was over.</summary>
    public volatile bool IsOverdue;

    // On another thread: registered callbacks may block, and this thread delivers messages.
    public void CancelToken() => UserCode.Cancel(_source, "A callback of the token of a task");
}
