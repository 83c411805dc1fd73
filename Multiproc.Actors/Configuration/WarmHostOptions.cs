using Multiproc.Serialization;

namespace Multiproc;

/// <summary>The processes that <see cref="StartMethod.ForkServer"/> keeps ready.</summary>
public sealed record WarmHostOptions
{
    /// <summary>How many are kept ready. From 0; default 2. Each costs some 20 MB that are mostly shared, and half a second of nothing else.</summary>
    public int Count { get; init; } = 2;

    /// <summary>Names of assemblies that every warm process loads ahead of need; default none.</summary>
    public IReadOnlyList<string> Preload { get; init; } = [];

    /// <summary>A static method that every warm process runs ahead of need, to warm what targets will use; default none.</summary>
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
