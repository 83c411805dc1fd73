using Multiproc.Processes.Views;

namespace Multiproc.Dashboard.Collecting;

/// <summary>The running programs of this user, or one of them, seen from outside.</summary>
/// <param name="only">The process id of the only program to look at; null for all.</param>
internal sealed class OtherPrograms(int? only) : IProgramSource
{
    /// <summary>Longer than a program takes to look for deadlocks while some of its processes are silent.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(8);

    public async ValueTask<IReadOnlyList<Sight>> LookAsync(CancellationToken cancellation)
    {
        var found = ViewClient.Find().Where(each => each.Pid != Environment.ProcessId && (only is null || each.Pid == only));
        return await Task.WhenAll(found.Select(each => LookAsync(each.Pid, each.Address, cancellation))).ConfigureAwait(false);
    }

    private static async Task<Sight> LookAsync(int pid, string address, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(s_patience);
        try
        {
            return new Sight(pid, await ViewClient.LookAsync(address, patience.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new Sight(pid, null);
        }
        catch (AuthenticationException)
        {
            // Its socket is of this user, the program no more: it has changed its user since.
            return new Sight(pid, null);
        }
    }
}
