using Multiproc.SharedMemory;

namespace Multiproc.Interleavings.Stepping;

/// <summary>The product's objects over the memory of the explorer.</summary>
internal static class Protocols
{
    /// <summary>The memory of the exploration on this thread.</summary>
    [ThreadStatic]
    public static MappedMemory? Memory;
}
