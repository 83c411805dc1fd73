using System.Runtime.CompilerServices;

namespace Multiproc.Objects;

/// <summary>
/// Verifies the constraint <c>unmanaged</c>. The compiler enforces it, but calls by dynamic or by reflection are checked less strictly, and a reference that
/// another process follows would crash that process.
/// </summary>
internal static class PlainMemory
{
    /// <exception cref="ArgumentException">The type has references, or is not a value type.</exception>
    public static void Require<T>()
    {
        // Known to the JIT: nothing is left of the check for numbers.
        if (RuntimeHelpers.IsReferenceOrContainsReferences<T>())
        {
            throw new ArgumentException(
                $"{typeof(T)} contains references to objects, which mean nothing in another process: only numbers and structs of numbers can be in "
                + "shared memory. Use a queue or a manager for such values, which send copies.");
        }
    }
}
