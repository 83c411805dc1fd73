namespace Multiproc.Torture.Crews;

/// <summary>The times and sizes that all loads share.</summary>
internal static class Limits
{
    /// <summary>The longest that any call may take: beyond every pause of a stopped process, and the slowness of a busy machine.</summary>
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    /// <summary>When a call that is not to wait has told, at the latest, that its node does not answer.</summary>
    public static readonly TimeSpan Lateness = TimeSpan.FromSeconds(20);

    /// <summary>The heap of a process that may be told to use up its memory.</summary>
    public const long Heap = 64L << 20;

    /// <summary>Passes on that something came.</summary>
    /// <exception cref="TimeoutException">It did not come within <see cref="Bound"/>.</exception>
    public static bool Came(bool came, object what) => came ? true : throw new TimeoutException($"{what} did not come in {Bound.TotalSeconds:0} s.");
}
