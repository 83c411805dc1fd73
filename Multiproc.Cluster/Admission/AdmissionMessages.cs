namespace Multiproc.Cluster.Admission;

/// <summary>Asks a node whether it would let another one into its cluster. All versions can read it.</summary>
internal sealed record AdmissionQuestion(NodePapers Papers);

/// <summary>A node's answer.</summary>
/// <param name="IsMember">Whether the node that answers is in a cluster itself.</param>
/// <param name="Problem">Why the other node is refused; empty when it is welcome.</param>
internal sealed record AdmissionAnswer(bool IsMember, string Problem);
