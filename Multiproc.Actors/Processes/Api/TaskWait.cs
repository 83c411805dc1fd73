using Multiproc.Transport;

namespace Multiproc.Processes;

/// <summary>Waits for the end of a task, whether it succeeds, fails or is cancelled.</summary>
internal static class TaskWait
{
    /// <returns>False if the timeout passed.</returns>
    /// <exception cref="OperationCanceledException">The token fired.</exception>
    public static bool Ends(this Task task, WaitTimeout timeout, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var deadline = Deadline.In(timeout);
        while (!task.IsCompleted && !deadline.HasPassed)
        {
            // Not Task.Wait, which would throw the task's exception.
            Task.WaitAny([task], deadline.RemainingMilliseconds, cancellation);
        }

        return task.IsCompleted;
    }

    /// <summary>Waits asynchronously for the end of a task, whether it succeeds, fails or is cancelled.</summary>
    public static async ValueTask<bool> EndsAsync(this Task task, WaitTimeout timeout, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var deadline = Deadline.In(timeout);
        while (!task.IsCompleted && !deadline.HasPassed)
        {
            await task.WaitAsync(deadline.RemainingOrInfinite, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellation.ThrowIfCancellationRequested();
        }

        return task.IsCompleted;
    }
}
