namespace Multiproc;

/// <summary>Adds clusters to <see cref="Mp"/>.</summary>
public static class MpCluster
{
    extension(Mp)
    {
        /// <summary>Joins a cluster, or begins one: Mp for all processes of all its nodes.</summary>
        /// <param name="options">How to join.</param>
        /// <param name="cancellation">Cancels joining.</param>
        /// <returns>The cluster; dispose it to leave.</returns>
        /// <exception cref="ArgumentException">An option is missing or out of range.</exception>
        /// <exception cref="MultiprocTimeoutException">No seed let this node in within <see cref="ClusterOptions.Timeout"/>.</exception>
        /// <exception cref="AuthenticationException">A seed has another <see cref="ClusterOptions.AuthKey"/>.</exception>
        /// <exception cref="MultiprocException">
        /// The port or the storage cannot be used; a seed has another version or journal; the journal is in use by another cluster.
        /// </exception>
        /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
        public static ClusterContext Cluster(ClusterOptions options, CancellationToken cancellation = default) =>
            ClusterContext.JoinAsync(options, cancellation).GetAwaiter().GetResult();
    }
}
