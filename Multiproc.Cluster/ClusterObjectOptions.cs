namespace Multiproc;

/// <summary>How an object of a cluster is kept. All who open it must give the same; the defaults suit most programs.</summary>
/// <example>
/// <code>
/// var progress = cluster.Dictionary&lt;string, int&gt;("progress", Durability.Memory);
/// var session = cluster.Namespace("session 4711", new ClusterObjectOptions { ExpireAfter = TimeSpan.FromHours(1) });
/// </code>
/// </example>
public sealed record ClusterObjectOptions
{
    /// <summary>What the object survives. Default <see cref="Durability.Journal"/>: everything.</summary>
    public Durability Durability { get; init; }

    /// <summary>
    /// The object is deleted when nobody has called it for this long, nobody waits for it, and nobody holds it. From 1 s; null (the default) never deletes it.
    /// The time is counted while a node has the object loaded: after a restart of the cluster it begins when the object is next opened or listed.
    /// </summary>
    public TimeSpan? ExpireAfter { get; init; }

    /// <summary>Options with a durability, and otherwise the defaults.</summary>
    /// <param name="durability">What the object survives.</param>
    public static implicit operator ClusterObjectOptions(Durability durability) => new() { Durability = durability };

    /// <summary>Options with a durability, and otherwise the defaults.</summary>
    /// <param name="durability">What the object survives.</param>
    /// <returns>The options.</returns>
    public static ClusterObjectOptions FromDurability(Durability durability) => durability;

    internal static ClusterObjectOptions Checked(ClusterObjectOptions? options)
    {
        options ??= new ClusterObjectOptions();
        if (options.Durability is not (Durability.Journal or Durability.Memory))
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.Durability, "There is no such durability: choose Journal or Memory.");
        }

        if (options.ExpireAfter is { } after)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(after, TimeSpan.FromSeconds(1), nameof(ExpireAfter));
        }

        return options;
    }
}
