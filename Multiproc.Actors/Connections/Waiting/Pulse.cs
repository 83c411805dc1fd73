using Multiproc.Transport;

namespace Multiproc.Connections;

/// <summary>The event that an asynchronous wait sleeps on.</summary>
internal sealed class Pulse : IWakeable
{
    private volatile TaskCompletionSource _woken = New();

    public void Wake() => _woken.TrySetResult();

    /// <summary>Prepares the next sleep. The caller must check its condition afterwards: earlier wakes are discarded.</summary>
    public void Reset() => _woken = New();

    /// <returns>False if the timeout expired.</returns>
    public async ValueTask<bool> WaitAsync(Deadline deadline, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                await _woken.Task.WaitAsync(deadline.RemainingOrInfinite, cancellation).ConfigureAwait(false);
                return true;
            }
            catch (TimeoutException)
            {
                if (deadline.HasPassed)
                {
                    return false;
                }
            }
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
