using Multiproc.Transport;

namespace Multiproc.Processes;

/// <summary>Waits for the end of a task, whatever that is.</summary>
internal static class TaskWait
{
    /// <returns>False when the time ran out.</returns>
    /// <exception cref="OperationCanceledException">The token fired.</exception>
    public static bool Ends(this Task task, WaitTimeout timeout, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var deadline = Deadline.In(timeout);
        while (!task.IsCompleted && !deadline.HasPassed)
        {
            // Not Task.Wait, which throws what the task failed with.
            Task.WaitAny([task], deadline.RemainingMilliseconds, cancellation);
        }

        return task.IsCompleted;
    }

    /// <summary>As <see cref="Ends"/>, without holding a thread.</summary>
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
