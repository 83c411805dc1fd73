using System.Collections.Concurrent;
using Multiproc.Cluster.Listing;
using Multiproc.Cluster.Sessions;

namespace Multiproc;

/// <content>Which objects there are, and deleting them.</content>
public sealed partial class ClusterContext
{
    /// <summary>How many objects are asked at a time.</summary>
    private const int AskedAtOnce = 64;

    /// <summary>
    /// Lists all objects of the cluster. Asks the storage for the names, and then each object: those that no node has loaded are loaded for some seconds. Not a
    /// moment's picture: objects that are made or deleted meanwhile may be in the list or not.
    /// </summary>
    /// <returns>The objects, by name.</returns>
    /// <exception cref="NotSupportedException">The journal is another plug-in than that of Akka.Persistence.Sql.</exception>
    /// <exception cref="MultiprocTimeoutException">An object did not answer within <see cref="ClusterOptions.Timeout"/>.</exception>
    /// <exception cref="ConnectionLostException">This node is no longer in the cluster.</exception>
    /// <example>
    /// <code>
    /// foreach (var each in cluster.List())
    /// {
    ///     Console.WriteLine($"{each.Name} is a {each.Kind}, at {each.Address}");
    /// }
    /// </code>
    /// </example>
    public IReadOnlyList<ClusterObject> List() => ListAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>Asynchronously lists all objects of the cluster, as <see cref="List()"/>.</summary>
    /// <param name="cancellation">Cancels the listing.</param>
    /// <returns>The objects, by name.</returns>
    /// <exception cref="MultiprocTimeoutException">An object did not answer within <see cref="ClusterOptions.Timeout"/>.</exception>
    /// <exception cref="ConnectionLostException">This node is no longer in the cluster.</exception>
    public async ValueTask<IReadOnlyList<ClusterObject>> ListAsync(CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        var found = new ConcurrentBag<ClusterObject>();
        await Parallel.ForEachAsync(
            await StoredNames.EntitiesAsync(_node.System, _options.Storage!, cancellation).ConfigureAwait(false),
            new ParallelOptions { MaxDegreeOfParallelism = AskedAtOnce, CancellationToken = cancellation },
            async (entity, stop) =>
            {
                var (seen, address) = await _node.Gateway.RunAsync(entity, deletes: false, _options.Timeout, stop).ConfigureAwait(false);
                if (seen.Spec is { } spec)
                {
                    var expireAfter = spec.ExpireAfter > 0 ? TimeSpan.FromTicks(spec.ExpireAfter) : (TimeSpan?)null;
                    found.Add(new ClusterObject(spec.Name, spec.Kind, address, spec.Durability, expireAfter));
                }
            }).ConfigureAwait(false);
        return [.. found.OrderBy(static each => each.Name, StringComparer.Ordinal)];
    }

    /// <summary>
    /// Deletes an object, for all of the cluster. Calls that wait for it, and all later calls of its facades, end with <see cref="ObjectDisposedException"/>.
    /// The name is free: who opens it again makes a new object, which no call for the old one ever reaches. Fences of a new lock are above those of the old.
    /// </summary>
    /// <param name="name">The name in the cluster, of 1 to 1,024 characters.</param>
    /// <returns>Whether there was an object of this name.</returns>
    /// <exception cref="ArgumentException">The name is empty, too long, or no text.</exception>
    /// <exception cref="InvalidOperationException">The object cannot be read by the version of its node.</exception>
    /// <exception cref="MultiprocTimeoutException">
    /// The cluster did not answer within <see cref="ClusterOptions.Timeout"/>: the object may be deleted still.
    /// </exception>
    /// <exception cref="ConnectionLostException">This node is no longer in the cluster.</exception>
    public bool Delete(string name) => DeleteAsync(name).AsTask().GetAwaiter().GetResult();

    /// <summary>Asynchronously deletes an object, as <see cref="Delete"/>.</summary>
    /// <param name="name">The name in the cluster, of 1 to 1,024 characters.</param>
    /// <param name="cancellation">Cancels the wait; the object may be deleted still.</param>
    /// <returns>Whether there was an object of this name.</returns>
    /// <exception cref="ArgumentException">The name is empty, too long, or no text.</exception>
    /// <exception cref="InvalidOperationException">The object cannot be read by the version of its node.</exception>
    /// <exception cref="MultiprocTimeoutException">
    /// The cluster did not answer within <see cref="ClusterOptions.Timeout"/>: the object may be deleted still.
    /// </exception>
    /// <exception cref="ConnectionLostException">This node is no longer in the cluster.</exception>
    public async ValueTask<bool> DeleteAsync(string name, CancellationToken cancellation = default)
    {
        Named(name);
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        var (seen, _) = await _node.Gateway.RunAsync(EntityName.Of(name), deletes: true, _options.Timeout, cancellation).ConfigureAwait(false);
        return seen.Spec is not null;
    }
}
