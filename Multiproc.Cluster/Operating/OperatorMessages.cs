using Multiproc.Cluster.Sessions;

namespace Multiproc.Cluster.Operating;

/// <summary>What a node is asked from outside, by another node or by a command.</summary>
internal abstract record ToOperator
{
    /// <summary>Asks for the members, as this node knows them.</summary>
    public sealed record Members : ToOperator;

    /// <summary>Asks what the objects that live in this node look like.</summary>
    public sealed record Survey : ToOperator;

    /// <summary>Asks for the process ids of processes of this node, by its own numbers for them.</summary>
    public sealed record Pids(IReadOnlyList<int> Processes) : ToOperator;

    /// <summary>Asks where in the code threads of processes of this node wait, by the process's number and the number of the call.</summary>
    public sealed record Sites(IReadOnlyList<(int Process, long Call)> Waiters) : ToOperator;

    /// <summary>Asks what all objects of the cluster look like.</summary>
    public sealed record Inspect : ToOperator;

    /// <summary>Has a node leave: its objects move first.</summary>
    public sealed record Leave(string Address) : ToOperator;

    /// <summary>Has the cluster go on without a node that is unreachable.</summary>
    public sealed record Down(string Address) : ToOperator;
}

/// <summary>A node's answer.</summary>
internal abstract record FromOperator
{
    public sealed record MembersAre(IReadOnlyList<ClusterMember> Members) : FromOperator;

    public sealed record SurveyIs(IReadOnlyList<EntitySight> Objects) : FromOperator;

    /// <summary>Process ids in the order of the question; 0 for those that are not known.</summary>
    public sealed record PidsAre(IReadOnlyList<int> Pids) : FromOperator;

    /// <summary>The places in the order of the question; an empty one is not known.</summary>
    public sealed record SitesAre(IReadOnlyList<(bool IsBlocked, string Place)> Sites) : FromOperator;

    public sealed record InspectionIs(ClusterReport Report) : FromOperator;

    public sealed record Done(string Text) : FromOperator;

    public sealed record Failed(string Reason) : FromOperator;
}
