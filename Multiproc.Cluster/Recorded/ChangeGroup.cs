using Multiproc.Serialization;

namespace Multiproc.Cluster.Recorded;

/// <summary>Changes that are made together: one after the other upon one record, which they replace by one step.</summary>
/// <param name="known">The record that they begin with.</param>
/// <param name="previous">The group before it, whose record it begins with; null when there is none under way.</param>
internal sealed class ChangeGroup(Payload known, ChangeGroup? previous)
{
    private readonly TaskCompletionSource<bool> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Taken away when it has ended, so that groups do not keep all earlier ones.</summary>
    private ChangeGroup? _previous = previous;

    public Payload Known { get; } = known;

    /// <summary>The record after the last one of them.</summary>
    public Payload Next { get; set; } = known;

    /// <summary>Completes with true when they are made, with false when the record was another one: each must be computed again.</summary>
    public Task<bool> Ended => _end.Task;

    /// <summary>Waits for the group before it, however that ends: this one then finds out by itself whether its record is still there.</summary>
    public void AwaitPrevious()
    {
        ((IAsyncResult?)_previous?.Ended)?.AsyncWaitHandle.WaitOne();
        _previous = null;
    }

    public async Task AwaitPreviousAsync()
    {
        if (_previous is { } previous)
        {
            await ((Task)previous.Ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _previous = null;
        }
    }

    public void End(bool isMade) => _end.SetResult(isMade);

    public void Fail(Exception failure)
    {
        _end.SetException(failure);

        // Whoever still waits for it sees the failure; nobody may.
        _ = _end.Task.Exception;
    }
}
