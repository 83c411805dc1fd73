namespace Multiproc.Processes;

/// <summary>Waits for the end of a task, whatever that is, with the library's timeouts.</summary>
internal static class TaskWait
{
    /// <returns>False when the time ran out.</returns>
    /// <exception cref="OperationCanceledException">The token fired.</exception>
    public static bool Ends(this Task task, TimeSpan? timeout, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (!task.IsCompleted)
        {
            // Not Task.Wait, which throws what the task failed with.
            Task.WaitAny([task], (int)WaitTime.Of(timeout).TotalMilliseconds, cancellation);
        }

        return task.IsCompleted;
    }

    /// <summary>As <see cref="Ends"/>, without holding a thread.</summary>
    public static async ValueTask<bool> EndsAsync(this Task task, TimeSpan? timeout, CancellationToken cancellation)
    {
        await task.WaitAsync(WaitTime.Of(timeout), cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellation.ThrowIfCancellationRequested();
        return task.IsCompleted;
    }
}
