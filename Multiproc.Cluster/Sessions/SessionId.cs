namespace Multiproc.Cluster.Sessions;

/// <summary>
/// A session: the calls of one node of the cluster to one object. <paramref name="Node"/> names one incarnation of the node, as no other ever is named, and
/// <paramref name="Number"/> one stand-in of that incarnation.
/// </summary>
internal readonly record struct SessionId(string Node, long Number)
{
    public override string ToString() => $"{Node}/{Number}";
}
