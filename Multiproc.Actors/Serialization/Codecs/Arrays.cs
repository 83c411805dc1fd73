using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Multiproc.Serialization.Codecs;

/// <summary>An array whose elements are plain memory: one copy.</summary>
internal sealed class UnmanagedArrayCodec<T> : Codec<T[]>
    where T : unmanaged
{
    public override bool IsLeaf => true;

    public override void Write(WriteContext context, T[] value)
    {
        context.Writer.VarUInt((uint)value.Length);
        context.Writer.Raw(MemoryMarshal.AsBytes(value.AsSpan()));
    }

    public override T[] Read(ReadContext context, ref WireReader reader, int id)
    {
        int count = reader.Count(Unsafe.SizeOf<T>());
        var bytes = reader.Raw(checked(count * Unsafe.SizeOf<T>()));
        var array = GC.AllocateUninitializedArray<T>(count);
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
        var array = new T[reader.Count()];
        Announce(context, id, array);
        for (int i = 0; i < array.Length; i++)
        {
            array[i] = Slot<T>.Read(context, ref reader);
        }

        return array;
    }
}

/// <summary>Arrays of several dimensions: their bounds, then the elements in row order.</summary>
internal sealed class GridCodec(Type type) : Codec
{
    private readonly Type _element = type.GetElementType()!;
    private readonly int _rank = type.GetArrayRank();

    public override void WriteObject(WriteContext context, object value)
    {
        var grid = (Array)value;
        for (int d = 0; d < _rank; d++)
        {
            context.Writer.VarUInt((uint)grid.GetLength(d));
        }

        int index = 0;
        foreach (object? element in grid)
        {
            try
            {
                Slot.Write(context, element, _element);
            }
            catch (UnsendableException unsendable)
            {
                unsendable.At($"element {index}");
                throw;
            }

            index++;
        }
    }

    public override object ReadObject(ReadContext context, ref WireReader reader, int id)
    {
        int[] lengths = new int[_rank];
        long total = 1;
        for (int d = 0; d < _rank; d++)
        {
            ulong length = reader.VarUInt();
            total = length > int.MaxValue ? long.MaxValue : total * (long)length;
            if (total > reader.Remaining)
            {
                throw new SerializationException($"Malformed value: an array of {total} elements is announced with {reader.Remaining} bytes left.");
            }

            lengths[d] = (int)length;
        }

        var grid = Array.CreateInstance(_element, lengths);
        if (id >= 0)
        {
            context.Fulfil(id, grid);
        }

        int[] at = new int[_rank];
        for (long i = 0; i < total; i++)
        {
            grid.SetValue(Slot.Read(context, ref reader, _element), at);
            for (int d = _rank - 1; d >= 0 && ++at[d] == lengths[d]; d--)
            {
                at[d] = 0;
            }
        }

        return grid;
    }
}

/// <summary>Elements one after the other; a fault says which.</summary>
internal static class Elements<T>
{
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
        catch (UnsendableException unsendable)
        {
            unsendable.At($"element {i}");
            throw;
        }
    }
}
