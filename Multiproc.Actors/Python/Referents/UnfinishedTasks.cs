using Multiproc.Python.Values;

namespace Multiproc.Python.Referents;

/// <summary>Counts the items of a queue that are put and not done.</summary>
internal sealed class UnfinishedTasks
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _allDone = Completed();
    private long _count;

    public void Add()
    {
        lock (_gate)
        {
            if (_count++ == 0)
            {
                _allDone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }

    /// <exception cref="PythonException">A ValueError: all are done.</exception>
    public void Done()
    {
        lock (_gate)
        {
            if (_count == 0)
            {
                throw PythonErrors.Value("task_done() called too many times");
            }

            if (--_count == 0)
            {
                _allDone.SetResult();
            }
        }
    }

    /// <returns>True: all are done.</returns>
    public bool Wait(CancellationToken cancellation)
    {
        Task done;
        lock (_gate)
        {
            done = _allDone.Task;
        }

        done.Wait(cancellation);
        return true;
    }

    private static TaskCompletionSource Completed()
    {
        var completed = new TaskCompletionSource();
        completed.SetResult();
        return completed;
    }
}
