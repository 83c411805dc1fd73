using Multiproc.Serialization;

namespace Multiproc;

/// <summary>Sets how many warm processes <see cref="StartMethod.ForkServer"/> keeps ready, and how they are prepared.</summary>
public sealed record WarmHostOptions
{
    /// <summary>
    /// How many warm processes are kept ready. From 0; default 2. Each costs some 20 MB of memory, mostly shared, and half a second of processor time to
    /// start.
    /// </summary>
    public int Count { get; init; } = 2;

    /// <summary>Names of assemblies that every warm process loads in advance; default none.</summary>
    public IReadOnlyList<string> Preload { get; init; } = [];

    /// <summary>A static method that every warm process runs in advance, to warm up what targets will use; default none.</summary>
    public Action? WarmUp { get; init; }

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Count);
        AsyncVoid.RefusedIfAny(WarmUp);
        foreach (string name in Preload)
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(name, nameof(Preload));
        }
    }
}
