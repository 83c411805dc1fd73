using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Multiproc.Serialization;

/// <summary>Values one behind the other as they lie in memory, for types whose values are their bytes: many of them are one copy.</summary>
internal static class Packed<T>
{
    private const int Largest = 1024;

    /// <summary>Whether the type can travel so; both sides come to the same answer.</summary>
    public static readonly bool Is = !RuntimeHelpers.IsReferenceOrContainsReferences<T>() && Unsafe.SizeOf<T>() <= Largest && IsBytes(typeof(T));

    public static ReadOnlySpan<byte> Bytes(T[] values, int first, int count) => AsBytes(values.AsSpan(first, count));

    /// <exception cref="SerializationException">There are fewer bytes.</exception>
    public static T Read(ref WireReader reader) => Unsafe.ReadUnaligned<T>(ref MemoryMarshal.GetReference(reader.Raw(Unsafe.SizeOf<T>())));

    /// <summary>How many values these bytes are.</summary>
    /// <exception cref="SerializationException">They are not values of this type.</exception>
    public static int Count(ReadOnlySpan<byte> bytes, int size) => Is && size == Unsafe.SizeOf<T>() && bytes.Length % size == 0
        ? bytes.Length / size
        : throw new SerializationException($"Malformed frame: {bytes.Length} bytes are no packed values of {typeof(T)}.");

    public static void Copy(ReadOnlySpan<byte> bytes, Span<T> target) => bytes.CopyTo(AsBytes(target));

    private static Span<byte> AsBytes(Span<T> values) =>
        MemoryMarshal.CreateSpan(ref Unsafe.As<T, byte>(ref MemoryMarshal.GetReference(values)), checked(values.Length * Unsafe.SizeOf<T>()));

    private static bool IsBytes(Type type) =>
        CodecTable.IsMemory(type) || (type.IsValueType && typeof(ITuple).IsAssignableFrom(type) && type.IsGenericType && System.Array.TrueForAll(type.GetGenericArguments(), IsBytes));
}
