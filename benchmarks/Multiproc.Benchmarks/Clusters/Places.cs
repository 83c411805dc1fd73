using Akka.Actor;

namespace Multiproc.Benchmarks.Clusters;

/// <summary>Finds names of objects, and of bare entities, that live in the node that is wanted.</summary>
internal sealed class Places(ClusterContext cluster, IActorRef bare, string other, string prefix = "")
{
    private int _last;

    public string AddressOf(bool isOwn) => isOwn ? cluster.Address : other;

    /// <summary>Opens objects until one lives there.</summary>
    public T Open<T>(bool isOwn, Func<string, T> open)
    {
        while (true)
        {
            string name = $"{prefix}benchmark {++_last}";
            var opened = open(name);
            if (cluster.Node.Gateway.OwnerOf(name) == AddressOf(isOwn))
            {
                return opened;
            }

            cluster.Delete(name);
        }
    }

    public async Task<string> EntityAsync(bool isOwn)
    {
        while (true)
        {
            string entity = $"entity {++_last}";
            if (await BareSharding.AskAsync(bare, entity).ConfigureAwait(false) == AddressOf(isOwn))
            {
                return entity;
            }
        }
    }
}
