namespace Multiproc.Serialization.Codecs;

/// <summary>
/// Sends arrays with several dimensions or a lower bound other than 0: length and lower bound of each dimension, then the elements in row order.
/// </summary>
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
            context.Writer.VarInt(grid.GetLowerBound(d));
        }

        int index = 0;
        foreach (object? element in grid)
        {
            try
            {
                Slot.Write(context, element, _element);
            }
            catch (UnsendableException unsendable) when (unsendable.At($"element {index}"))
            {
                throw;
            }

            index++;
        }
    }

    public override object ReadObject(ReadContext context, ref WireReader reader, int id)
    {
        int[] lengths = new int[_rank];
        int[] bounds = new int[_rank];
        long total = ReadShape(ref reader, lengths, bounds, _element.IsValueType ? CodecTable.For(_element).MinSize : 1);
        var grid = Array.CreateInstanceFromArrayType(type, lengths, bounds);
        if (id >= 0)
        {
            context.Fulfil(id, grid);
        }

        int[] at = [.. bounds];
        for (long i = 0; i < total; i++)
        {
            grid.SetValue(Slot.Read(context, ref reader, _element), at);
            for (int d = _rank - 1; d >= 0 && ++at[d] - bounds[d] == lengths[d]; d--)
            {
                at[d] = bounds[d];
            }
        }

        return grid;
    }

    private static long ReadShape(ref WireReader reader, int[] lengths, int[] bounds, int atLeast)
    {
        long total = 1;
        for (int d = 0; d < lengths.Length; d++)
        {
            ulong length = reader.VarUInt();
            long bound = reader.VarInt();
            total = length > (ulong)Array.MaxLength ? long.MaxValue : total * (long)length;
            if (total > Array.MaxLength || bound is < int.MinValue or > int.MaxValue || bound + (long)length > int.MaxValue)
            {
                throw new SerializationException($"Malformed value: an array of dimension {d} from {bound} with {length} elements.");
            }

            (lengths[d], bounds[d]) = ((int)length, (int)bound);
        }

        // Checked last: if any length is 0 there are no elements, whatever the other lengths are.
        return total <= reader.Remaining / atLeast
            ? total
            : throw new SerializationException($"Malformed value: an array of {total} elements is announced with {reader.Remaining} bytes left.");
    }
}
