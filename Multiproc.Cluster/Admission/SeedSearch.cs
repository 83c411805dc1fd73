using System.Diagnostics;
using Akka.Event;

namespace Multiproc.Cluster.Admission;

/// <summary>
/// Finds the nodes by which this one joins its cluster, or that it is to begin one. A node is joined only after it has said that it lets this one in; so one
/// with another key, version or journal never becomes a member.
/// </summary>
internal sealed class SeedSearch(ClusterOptions options, SeedVisit visit, JournalClaim claim, string self, ILoggingAdapter log)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(300);

    /// <summary>How long the first seed looks for the others.</summary>
    private static readonly TimeSpan s_firstSeedLooks = TimeSpan.FromSeconds(2);

    private string? _toldFailure;

    /// <summary>Waits until nodes of a cluster let this one in, or until this one may begin a cluster.</summary>
    /// <returns>The nodes to join; none when this node is to begin.</returns>
    /// <exception cref="AuthenticationException">Seeds have another key.</exception>
    /// <exception cref="MultiprocException">Seeds refuse this node, or its journal is in use.</exception>
    /// <exception cref="MultiprocTimeoutException">There was no answer in time.</exception>
    public async Task<IReadOnlyList<string>> SeekAsync(Func<CancellationToken, Task<IReadOnlyList<string>>> find, CancellationToken cancellation)
    {
        long begun = Stopwatch.GetTimestamp();
        while (true)
        {
            var (found, failure) = await FindAsync(find, cancellation).ConfigureAwait(false);
            string[] others = [.. found.Where(each => each != self).Distinct()];
            var answers = await Task.WhenAll(others.Select(each => visit.AskAsync(each, cancellation))).ConfigureAwait(false);
            string[] welcoming = [.. answers.Where(static each => each.State == SeedState.Welcomes).Select(static each => each.Seed)];
            if (welcoming.Length > 0)
            {
                await claim.JoinAsync(cancellation).ConfigureAwait(false);
                return welcoming;
            }

            RequireNoRefusal(answers);
            IReadOnlyList<string> users = [];
            if (failure is null && MayBegin(Stopwatch.GetElapsedTime(begun)))
            {
                users = await claim.TryBeginAsync(cancellation).ConfigureAwait(false);
                if (users.Count == 0)
                {
                    return [];
                }

                await RequireFreeAsync(users, cancellation).ConfigureAwait(false);
            }

            if (Stopwatch.GetElapsedTime(begun) > options.Timeout)
            {
                throw new MultiprocTimeoutException(Late(answers, users, failure));
            }

            await Task.Delay(s_pause, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>A discovery that fails is asked again, and nothing is begun meanwhile.</summary>
    private async Task<(IReadOnlyList<string> Found, string? Failure)> FindAsync(
        Func<CancellationToken, Task<IReadOnlyList<string>>> find, CancellationToken cancellation)
    {
        try
        {
            return (await find(cancellation).ConfigureAwait(false), null);
        }
        catch (MultiprocException failure)
        {
            if (_toldFailure != failure.Message)
            {
                log.Warning("{0} It is asked again.", _toldFailure = failure.Message);
            }

            return ([], failure.Message);
        }
    }

    private void RequireNoRefusal(IReadOnlyList<SeedAnswer> answers)
    {
        if (answers.FirstOrDefault(static each => each.State == SeedState.Refuses) is { } refusal)
        {
            throw new MultiprocException($"{self} was not let into cluster '{options.Name}' by {refusal}");
        }

        if (answers.FirstOrDefault(static each => each.State == SeedState.Stranger) is { } stranger)
        {
            throw new AuthenticationException(
                $"{self} cannot join cluster '{options.Name}': {stranger}. Give all nodes of a cluster the same AuthKey; or another cluster is at "
                + "this address.");
        }
    }

    private bool MayBegin(TimeSpan looked) => options.Seeds.Count == 0 || (options.Seeds[0] == self && looked >= s_firstSeedLooks);

    /// <summary>A node that was told of no other is not to begin a second cluster beside one that lives.</summary>
    private async Task RequireFreeAsync(IReadOnlyList<string> users, CancellationToken cancellation)
    {
        if (options.Discovery is null)
        {
            var theirs = await Task.WhenAll(users.Select(each => visit.AskAsync(each, cancellation))).ConfigureAwait(false);
            if (theirs.Any(static each => each.State is SeedState.Welcomes or SeedState.Refuses or SeedState.Stranger))
            {
                throw new MultiprocException(
                    $"{self} cannot begin cluster '{options.Name}': its journal ({options.Storage}) is in use by a cluster with the nodes "
                    + $"{string.Join(", ", users)}. Give these as Seeds, or use another storage.");
            }
        }
    }

    private string Late(IReadOnlyList<SeedAnswer> answers, IReadOnlyList<string> users, string? failure)
    {
        string seeds = failure ?? (answers.Count == 0 ? "there are no other seeds" : string.Join("; ", answers));
        string held = users.Count == 0
            ? ""
            : $" No new cluster was begun, since nodes at {string.Join(", ", users)} used the same journal ({options.Storage}) in the last "
                + $"{JournalClaim.EntryLasts.TotalSeconds} s.";
        return $"{self} did not become a member of cluster '{options.Name}' within {options.Timeout.TotalSeconds} s: {seeds}.{held} "
            + "Start a node that is its own first seed, or one without seeds; look whether the addresses and ports are right and open to this machine, and "
            + "whether all nodes have the same name of the cluster.";
    }
}
