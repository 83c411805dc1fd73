namespace Multiproc.Cluster.Admission;

/// <summary>What a seed is for a node that wants to join.</summary>
internal enum SeedState
{
    /// <summary>It could not be reached, or did not answer.</summary>
    Silent,

    /// <summary>It has another key.</summary>
    Stranger,

    /// <summary>It is a node of another version, or has another journal.</summary>
    Refuses,

    /// <summary>It is a node that is in no cluster itself.</summary>
    Waits,

    /// <summary>It is in a cluster, and lets the node in.</summary>
    Welcomes,
}

/// <summary>What a node that wants to join found at an address.</summary>
internal sealed record SeedAnswer(string Seed, SeedState State, string Detail)
{
    public override string ToString() => $"{Seed}: {Detail}";
}
