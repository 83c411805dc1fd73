namespace Multiproc;

/// <summary>How a leader is elected among the programs of a user on one machine.</summary>
public sealed record ElectionOptions
{
    /// <summary>
    /// How often candidates look whether the leader is gone, and the leader whether its file is there; default 50 ms, from 1 ms to 1 minute. A shorter time
    /// finds a successor sooner, and costs each candidate a look at a file that often.
    /// </summary>
    public TimeSpan CheckInterval { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// The folder of the locked file, which must be of this user alone (mode 0700); null (the default) is one that all programs of the user on this machine
    /// have in common, under <c>/var/tmp</c>. Candidates with different folders do not know each other.
    /// </summary>
    public string? Folder { get; init; }

    internal ElectionOptions Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(CheckInterval, TimeSpan.FromMilliseconds(1));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(CheckInterval, TimeSpan.FromMinutes(1));
        return this;
    }
}
