namespace Multiproc;

/// <summary>How a leader is elected among the programs of a user on one machine.</summary>
public sealed record ElectionOptions
{
    /// <summary>
    /// How often candidates look whether the leader is gone, and the leader whether its file is there; default 50 ms, more than zero, and rounded up to
    /// milliseconds. A shorter time finds a successor sooner, and costs each candidate a look at a file that often. <see cref="Timeout.InfiniteTimeSpan"/>: a
    /// candidate looks once, when it is made.
    /// </summary>
    public TimeSpan CheckInterval { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// The folder of the locked file, which must be of this user alone (mode 0700); null (the default) is one that all programs of the user on this machine
    /// have in common, under <c>/var/tmp</c>. Candidates with different folders do not know each other.
    /// </summary>
    public string? Folder { get; init; }

    internal ElectionOptions Validate()
    {
        WaitTimeout.RequireSomeTime(CheckInterval);
        return this;
    }
}
