using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Multiproc.Serialization.Pickle;

/// <summary>Writes the instructions of one pickle, each in the shortest form of its protocol, and keeps its memo.</summary>
internal sealed class PickleOutput(WireWriter writer, int protocol)
{
    private readonly Dictionary<object, int> _memo = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<(string Module, string Name), int> _globals = [];
    private int _memoized;

    public int Protocol => protocol;

    public void Op(Opcode? opcode)
    {
        if (opcode is { } one)
        {
            writer.Byte((byte)one);
        }
    }

    public bool IsMemoized(object value) => _memo.ContainsKey(value);

    /// <summary>Writes a reference to an object that was written before, if it was.</summary>
    public bool TryAgain(object value)
    {
        if (!_memo.TryGetValue(value, out int index))
        {
            return false;
        }

        Get(index);
        return true;
    }

    /// <summary>Has a value written as what stands for it, if that was memoized: both are one object when they occur again.</summary>
    public void Alias(object value, object written)
    {
        if (value is not ValueType && _memo.TryGetValue(written, out int index))
        {
            _memo.TryAdd(value, index);
        }
    }

    public void Memoize(object value) => _memo.Add(value, Put());

    /// <summary>
    /// Writes the call that creates an object. Its arguments may refer back to the object, and so have created it already: then that one is used, and false
    /// is returned.
    /// </summary>
    public bool EndCall(object value)
    {
        Op(Opcode.Reduce);
        return EndObject(value);
    }

    /// <summary>Ends an object as <see cref="EndCall"/> does; the caller has written the instruction that creates it.</summary>
    public bool EndObject(object value)
    {
        if (IsMemoized(value))
        {
            Op(Opcode.Pop);
            TryAgain(value);
            return false;
        }

        Memoize(value);
        return true;
    }

    public void Int(int value)
    {
        if ((uint)value <= byte.MaxValue)
        {
            Op(Opcode.BinInt1);
            writer.Byte((byte)value);
        }
        else if ((uint)value <= ushort.MaxValue)
        {
            Op(Opcode.BinInt2);
            BinaryPrimitives.WriteUInt16LittleEndian(writer.Take(2), (ushort)value);
        }
        else
        {
            Op(Opcode.BinInt);
            writer.Int32(value);
        }
    }

    public void Long(long value)
    {
        if (value == (int)value)
        {
            Int((int)value);
        }
        else
        {
            Digits(value);
        }
    }

    public void Big(BigInteger value)
    {
        if (value >= long.MinValue && value <= long.MaxValue)
        {
            Long((long)value);
        }
        else
        {
            Digits(value);
        }
    }

    public void Float(double value)
    {
        Op(Opcode.BinFloat);
        BinaryPrimitives.WriteDoubleBigEndian(writer.Take(8), value);
    }

    public void Text(string text)
    {
        int size = PickleText.SizeOf(text);
        if (protocol >= 4)
        {
            Sized(size, Opcode.ShortBinUnicode, Opcode.BinUnicode);
        }
        else
        {
            Sized(size, null, Opcode.BinUnicode);
        }

        PickleText.Encode(text, writer.Take(size));
    }

    /// <summary>Writes bytes. Protocol 2 has none: Python builds them from Latin-1 text.</summary>
    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        if (protocol >= 4)
        {
            Sized(bytes.Length, Opcode.ShortBinBytes, Opcode.BinBytes);
            writer.Raw(bytes);
            return;
        }

        Global("_codecs", "encode");
        Text(Encoding.Latin1.GetString(bytes));
        Text("latin1");
        Op(Opcode.Tuple2);
        Op(Opcode.Reduce);
    }

    /// <summary>
    /// Writes a global name for Python to look up. Protocol 2 could also be read by Python 2, which has other names for some modules; these names are
    /// those of Python 3.
    /// </summary>
    public void Global(string module, string name)
    {
        if (_globals.TryGetValue((module, name), out int index))
        {
            Get(index);
            return;
        }

        if (protocol >= 4)
        {
            Text(module);
            Text(name);
            Op(Opcode.StackGlobal);
        }
        else
        {
            Op(Opcode.Global);
            writer.Raw(Encoding.ASCII.GetBytes($"{module}\n{name}\n"));
        }

        _globals.Add((module, name), Put());
    }

    private int Put()
    {
        if (protocol >= 4)
        {
            Op(Opcode.Memoize);
        }
        else
        {
            Indexed(_memoized, Opcode.BinPut, Opcode.LongBinPut);
        }

        return _memoized++;
    }

    private void Get(int index) => Indexed(index, Opcode.BinGet, Opcode.LongBinGet);

    private void Indexed(int index, Opcode small, Opcode large)
    {
        if (index <= byte.MaxValue)
        {
            Op(small);
            writer.Byte((byte)index);
        }
        else
        {
            Op(large);
            writer.Int32(index);
        }
    }

    private void Digits(BigInteger value)
    {
        int size = value.GetByteCount();
        Sized(size, Opcode.Long1, Opcode.Long4);
        value.TryWriteBytes(writer.Take(size), out _);
    }

    private void Sized(int size, Opcode? small, Opcode large)
    {
        if (size <= byte.MaxValue && small is { } one)
        {
            Op(one);
            writer.Byte((byte)size);
        }
        else
        {
            Op(large);
            writer.Int32(size);
        }
    }
}
