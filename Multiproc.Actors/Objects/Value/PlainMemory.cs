using System.Runtime.CompilerServices;

namespace Multiproc.Objects;

/// <summary>
/// Looks at what the constraint <c>unmanaged</c> promises. The compiler keeps it; a call by dynamic or by reflection is held to less by the runtime, and a
/// reference that another process follows ends that process.
/// </summary>
internal static class PlainMemory
{
    /// <exception cref="ArgumentException">It has references, or is none of a value type.</exception>
    public static void Require<T>()
    {
        // Known when the code is compiled: nothing is left of it for numbers.
        if (RuntimeHelpers.IsReferenceOrContainsReferences<T>())
        {
            throw new ArgumentException(
                $"{typeof(T)} has references to objects, which mean nothing in the memory of another process: memory is shared for numbers and for structs of them. Share such values by a queue or by a manager, which send copies.");
        }
    }
}
