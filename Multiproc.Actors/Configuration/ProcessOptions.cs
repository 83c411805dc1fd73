using System.Collections.ObjectModel;

namespace Multiproc;

/// <summary>Sets the limits, the environment and the termination of a process. By default each is as in its parent.</summary>
/// <example>
/// <code>
/// using var process = Mp.Process(Parse, path, options: new ProcessOptions { MemoryLimit = 512L &lt;&lt; 20, Affinity = [1] });
/// </code>
/// </example>
public sealed record ProcessOptions
{
    /// <summary>
    /// The maximum size, in bytes, of the garbage-collected heap; a process that needs more gets <see cref="OutOfMemoryException"/>.
    /// From 20 MiB; null (the default) for no limit.
    /// </summary>
    public long? MemoryLimit { get; init; }

    /// <summary>
    /// The maximum size, in bytes, of the address space, native code and mapped memory included. The runtime alone reserves some gigabytes of addresses that
    /// it never touches. Null (the default) for no limit. Linux only.
    /// </summary>
    public long? AddressSpaceLimit { get; init; }

    /// <summary>The processors that the process may run on, numbered from 0; null (the default) for the parent's. Linux only.</summary>
    public IReadOnlyList<int>? Affinity { get; init; }

    /// <summary>
    /// The niceness of the process, from 0 to 19: a higher value gives it a lower priority, as with nice(1). Null (the default) for the parent's. Linux only.
    /// </summary>
    public int? Niceness { get; init; }

    /// <summary>The working folder of the process; null (the default) for its parent's at the time of the start.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>
    /// Environment variables that are added to those of the parent or replace them; a null value removes a variable. Null (the default) for no changes.
    /// </summary>
    public IReadOnlyDictionary<string, string?>? Environment { get; init; }

    /// <summary>
    /// How long a terminated process has for its exit handlers and for a target that observes its token; then it is killed.
    /// Zero or more, or <see cref="Timeout.InfiniteTimeSpan"/> for no limit; default 5 s.
    /// </summary>
    public TimeSpan TerminationGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Whether stderr of the process goes through its parent, which keeps the last lines to report them if the process dies. Default false: the process
    /// inherits the parent's stderr.
    /// </summary>
    public bool KeepStderr { get; init; }

    /// <summary>
    /// Whether the process waits, before any code of the program runs in it, until a debugger is attached; it says on stderr how to attach one. It can
    /// meanwhile be terminated and killed, and what waits for it keeps its timeouts: a <see cref="PoolOptions.TaskTimeout"/> ends a task that is being
    /// debugged. Default false. Has no effect on a child that is a thread, which the program's debugger sees.
    /// </summary>
    public bool WaitForDebugger { get; init; }

    /// <summary>Whether some option can be set only when a process starts, so that a warm process cannot be used.</summary>
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
                throw new ArgumentException($"The environment cannot have a variable '{name}': a name must not be empty or contain '=', and neither a name "
                    + "nor a value may contain a NUL character.", nameof(Environment));
            }
        }

        WaitTimeout.RequireTime(TerminationGrace);
    }
}
