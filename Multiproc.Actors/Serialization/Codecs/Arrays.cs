using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Multiproc.SharedMemory;

namespace Multiproc.Serialization.Codecs;

/// <summary>An array whose elements are plain memory: one copy.</summary>
internal sealed class UnmanagedArrayCodec<T> : Codec<T[]>
    where T : unmanaged
{
    public override bool IsLeaf => true;

    public override void Write(WriteContext context, T[] value)
    {
        context.Writer.VarUInt((uint)value.Length);
        context.Writer.RawArray(value);
    }

    public override T[] Read(ReadContext context, ref WireReader reader, int id)
    {
        int count = reader.Count(Unsafe.SizeOf<T>());
        var bytes = reader.Raw(checked(count * Unsafe.SizeOf<T>()));
        var array = FreshArray.Of<T>(count);
        bytes.CopyTo(MemoryMarshal.AsBytes(array.AsSpan()));
        return array;
    }
}

internal sealed class ArrayCodec<T> : Codec<T[]>
{
    public override void Write(WriteContext context, T[] value)
    {
        context.Writer.VarUInt((uint)value.Length);
        Elements<T>.Write(context, value);
    }

    public override T[] Read(ReadContext context, ref WireReader reader, int id)
    {
        var array = new T[reader.Count(Elements<T>.MinSize)];
        Announce(context, id, array);
        for (int i = 0; i < array.Length; i++)
        {
            array[i] = Slot<T>.Read(context, ref reader);
        }

        return array;
    }
}

/// <summary>Writes and reads elements one by one; an error names the index.</summary>
internal static class Elements<T>
{
    private static int s_minSize;

    public static int MinSize => s_minSize > 0 ? s_minSize : s_minSize = typeof(T).IsValueType ? Math.Max(1, CodecTable.For(typeof(T)).MinSize) : 1;

    public static void Write(WriteContext context, ReadOnlySpan<T> elements)
    {
        int i = 0;
        try
        {
            for (; i < elements.Length; i++)
            {
                Slot<T>.Write(context, elements[i]);
            }
        }
        catch (UnsendableException unsendable) when (unsendable.At($"element {i}"))
        {
            throw;
        }
    }
}
