using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Multiproc.Serialization;

/// <summary>Packs values contiguously as they are in memory, for types that can be copied as bytes: many values take one copy.</summary>
internal static class Packed<T>
{
    private const int Largest = 1024;

    /// <summary>Whether the type can be packed; both sides get the same result.</summary>
    public static readonly bool Is = !RuntimeHelpers.IsReferenceOrContainsReferences<T>() && Unsafe.SizeOf<T>() <= Largest && IsBytes(typeof(T));

    public static ReadOnlySpan<byte> Bytes(T[] values, int first, int count) => AsBytes(values.AsSpan(first, count));

    /// <exception cref="SerializationException">There are too few bytes.</exception>
    public static T Read(ref WireReader reader) => Unsafe.ReadUnaligned<T>(ref MemoryMarshal.GetReference(reader.Raw(Unsafe.SizeOf<T>())));

    /// <summary>Returns the number of packed values.</summary>
    /// <exception cref="SerializationException">The bytes are not values of this type.</exception>
    public static int Count(ReadOnlySpan<byte> bytes, int size) => Is && size == Unsafe.SizeOf<T>() && bytes.Length % size == 0
        ? bytes.Length / size
        : throw new SerializationException($"Malformed frame: {bytes.Length} bytes are no packed values of {typeof(T)}.");

    public static void Copy(ReadOnlySpan<byte> bytes, Span<T> target) => bytes.CopyTo(AsBytes(target));

    private static Span<byte> AsBytes(Span<T> values) =>
        MemoryMarshal.CreateSpan(ref Unsafe.As<T, byte>(ref MemoryMarshal.GetReference(values)), checked(values.Length * Unsafe.SizeOf<T>()));

    private static bool IsBytes(Type type) =>
        CodecTable.IsMemory(type)
            || (
                type.IsValueType && typeof(ITuple).IsAssignableFrom(type) && type.IsGenericType
                    && System.Array.TrueForAll(type.GetGenericArguments(), IsBytes));
}
