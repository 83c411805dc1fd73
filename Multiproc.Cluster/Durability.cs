namespace Multiproc;

/// <summary>What an object of a cluster survives.</summary>
public enum Durability
{
    /// <summary>Every change is in the journal when it is acknowledged: it survives the death of any node, and of all.</summary>
    Journal = 0,

    /// <summary>
    /// The object is in the memory of one node, and as fast. It moves with the work of the cluster and out of a node that leaves; it is lost with a node that
    /// dies, and then says so: see docs/cluster.md.
    /// </summary>
    Memory = 1,
}
