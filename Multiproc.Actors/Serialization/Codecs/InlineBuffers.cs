using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Multiproc.Serialization.Codecs;

/// <summary>Sends structs whose single field stands for several elements: inline arrays, and the fixed buffers of unsafe structs.</summary>
internal static class InlineBuffers
{
    public static bool Is(Type type) =>
        type.IsValueType
        && type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Length == 1
        && (type.IsDefined(typeof(InlineArrayAttribute), inherit: false) || type.IsDefined(typeof(UnsafeValueTypeAttribute), inherit: false));

    public static Type ElementOf(Type type) => type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)[0].FieldType;
}

/// <summary>Sends a buffer of unmanaged elements as its bytes.</summary>
internal sealed class MemoryCodec<T> : Codec<T>
    where T : unmanaged
{
    public override bool IsLeaf => true;

    public override int MinSize => Unsafe.SizeOf<T>();

    public override void Write(WriteContext context, T value) => context.Writer.Raw(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    public override T Read(ReadContext context, ref WireReader reader, int id) => MemoryMarshal.Read<T>(reader.Raw(Unsafe.SizeOf<T>()));
}

/// <summary>Sends an inline array of other elements one by one.</summary>
internal sealed class InlineArrayCodec<TArray, TElement> : Codec<TArray>
    where TArray : struct
{
    private static readonly int s_length = typeof(TArray).GetCustomAttribute<InlineArrayAttribute>()!.Length;

    public override int MinSize => s_length * Elements<TElement>.MinSize;

    public override void Write(WriteContext context, TArray value) =>
        Elements<TElement>.Write(context, MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<TArray, TElement>(ref value), s_length));

    public override TArray Read(ReadContext context, ref WireReader reader, int id)
    {
        var value = default(TArray);
        for (int i = 0; i < s_length; i++)
        {
            Unsafe.Add(ref Unsafe.As<TArray, TElement>(ref value), i) = Slot<TElement>.Read(context, ref reader);
        }

        return value;
    }
}
