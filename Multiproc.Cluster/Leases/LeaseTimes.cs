namespace Multiproc.Cluster.Leases;

/// <summary>
/// How long leases last: for their nodes, and for those who wait for their end. Between the two is room for clocks that run at different rates and for alarms
/// that ring late; the clocks themselves are never compared.
/// </summary>
internal static class LeaseTimes
{
    /// <summary>From the moment at which a renewal is sent, by the clock of the node that has the lease.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromSeconds(3);

    /// <summary>From the moment at which the last renewal was seen, by the clock of a node that waits for the end.</summary>
    public static readonly TimeSpan OverAfter = TimeSpan.FromSeconds(4);

    /// <summary>How much longer others may act upon what they were told than the clock of the node says that told them.</summary>
    public static readonly TimeSpan ForRates = OverAfter - Lasts;

    public static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(0.75);

    public static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(0.5);
}
