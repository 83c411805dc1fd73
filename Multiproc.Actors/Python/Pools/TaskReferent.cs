using Multiproc.Python.Referents;
using Multiproc.Python.Values;

namespace Multiproc.Python.Pools;

/// <summary>An AsyncResult.</summary>
internal sealed class TaskReferent(Task<object?> task) : Referent
{
    public override string TypeId => "AsyncResult";

    public override IReadOnlyList<string> Exposed { get; } = ["get", "ready", "successful", "wait"];

    public override string Text => $"<AsyncResult: {task.Status}>";

    public override object? Call(Arguments given, IClient client)
    {
        switch (given.Method)
        {
            case "ready":
                return task.IsCompleted;
            case "successful":
                return task.IsCompleted ? task.IsCompletedSuccessfully : throw PythonErrors.Value($"{Text} not ready");
            default:
                var time = Arguments.Time(given.NextSeconds("timeout"));
                bool ended = task.IsCompleted || (time != TimeSpan.Zero && client.Wait(token => Ends(time, token)));
                return given.Method == "wait" ? null
                    : ended ? task.GetAwaiter().GetResult()
                    : throw new PythonException(PyTuple.Empty, "multiprocessing.context.TimeoutError");
        }
    }

    private bool Ends(TimeSpan? time, CancellationToken token)
    {
        // A failed task has ended as well: its exception is that of get.
        return Task.WaitAny([task], (int)(time ?? Timeout.InfiniteTimeSpan).TotalMilliseconds, token) == 0;
    }
}
