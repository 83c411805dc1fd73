using System.Collections.ObjectModel;
using Multiproc.States;

namespace Multiproc;

/// <summary>What a process may use, and how it begins and ends. The default of each is the parent's own.</summary>
/// <example>
/// <code>
/// using var process = Mp.Process(Parse, path, options: new ProcessOptions { MemoryLimit = 512L &lt;&lt; 20, Affinity = [1] });
/// </code>
/// </example>
public sealed record ProcessOptions
{
    /// <summary>
    /// The most bytes that the garbage collected heap of the process may have; a process that needs more gets <see cref="OutOfMemoryException"/>.
    /// From 20 MiB; null (the default) is no limit.
    /// </summary>
    public long? MemoryLimit { get; init; }

    /// <summary>
    /// The most bytes of addresses that the process may use for everything, native code and mapped memory included. The runtime alone reserves some
    /// gigabytes of addresses that it never touches. Null (the default) is no limit. Linux only.
    /// </summary>
    public long? AddressSpaceLimit { get; init; }

    /// <summary>The processors that the process may run on, from 0; null (the default) are the parent's. Linux only.</summary>
    public IReadOnlyList<int>? Affinity { get; init; }

    /// <summary>How willing the process is to stand back, as nice(1): 0 to 19; null (the default) is as the parent. Linux only.</summary>
    public int? Niceness { get; init; }

    /// <summary>Where the process works; null (the default) is where its parent works at the start.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Variables that the process has besides its parent's, or in their place; a null value takes one away.</summary>
    public IReadOnlyDictionary<string, string?>? Environment { get; init; }

    /// <summary>
    /// How long a process that is terminated has for its handlers of the exit and for a target that observes its token; then it is killed.
    /// Zero or more, or <see cref="Timeout.InfiniteTimeSpan"/> for as long as it takes; default 5 s.
    /// </summary>
    public TimeSpan TerminationGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Whether stderr of the process goes through its parent, which remembers the last lines for the report of its death. Default false: it is
    /// the parent's own stderr.
    /// </summary>
    public bool KeepStderr { get; init; }

    /// <summary>A process that runs already can be handed over only to who wants nothing special.</summary>
    internal bool NeedsFreshProcess =>
        MemoryLimit is not null || AddressSpaceLimit is not null || Affinity is not null || Niceness is not null || Environment is not null;

    internal void Validate()
    {
        const long SmallestHeap = 20L << 20;
        if (MemoryLimit is { } memory)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(memory, SmallestHeap, nameof(MemoryLimit));
        }

        if (AddressSpaceLimit is { } addresses)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(addresses, SmallestHeap, nameof(AddressSpaceLimit));
        }

        if (Affinity is { } processors)
        {
            ArgumentOutOfRangeException.ThrowIfZero(processors.Count, nameof(Affinity));
            foreach (int processor in processors)
            {
                ArgumentOutOfRangeException.ThrowIfNegative(processor, nameof(Affinity));
                ArgumentOutOfRangeException.ThrowIfGreaterThan(processor, 1023, nameof(Affinity));
            }
        }

        if (Niceness is { } niceness)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(niceness, nameof(Niceness));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(niceness, 19, nameof(Niceness));
        }

        foreach (var (name, value) in Environment ?? ReadOnlyDictionary<string, string?>.Empty)
        {
            if (name.Length == 0 || name.AsSpan().ContainsAny('=', '\0') || value?.Contains('\0', StringComparison.Ordinal) == true)
            {
                throw new ArgumentException($"The environment cannot have a variable '{name}': a name is not empty and has no '=', and neither it nor its value has a NUL.", nameof(Environment));
            }
        }

        WaitTimeout.RequireTime(TerminationGrace);
    }
}
