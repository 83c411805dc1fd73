namespace Multiproc.Cluster.Sessions;

/// <summary>Why an incarnation of an object has ended. The numbers are in the journal.</summary>
internal enum EndReason : byte
{
    /// <summary>It ended before another incarnation that has ended too.</summary>
    Unknown = 0,

    Deleted = 1,

    /// <summary>Nobody used it for as long as its options say.</summary>
    Expired = 2,

    /// <summary>It was kept in the memory of a node, which is gone.</summary>
    Lost = 3,
}
