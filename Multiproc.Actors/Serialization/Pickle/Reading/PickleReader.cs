namespace Multiproc.Serialization.Pickle;

/// <summary>
/// Reads a pickle of protocols 0 to 5 by a stack machine. It builds only the types that docs/pickle.md lists;
/// anything else in the bytes is a <see cref="SerializationException"/>, at a cost bounded by their size.
/// </summary>
internal ref partial struct PickleReader
{
    private const int HighestProtocol = 5;

    private readonly PickleLimits _limits;
    private readonly PickleBudget _budget;
    private readonly PickleStack _stack = new();
    private readonly PickleMemo _memo;
    private readonly IPickleNames? _names;
    private PickleSource _source;
    private bool _sharedContainers;

    private PickleReader(ReadOnlySpan<byte> pickle, PickleLimits limits, IPickleNames? names)
    {
        _names = names;
        _source = new PickleSource(pickle);
        _limits = limits;
        _budget = new PickleBudget(limits, pickle.Length);
        _memo = new PickleMemo(limits.MaxMemo);
    }

    /// <param name="pickle">The bytes.</param>
    /// <param name="limits">The limits; null for the default ones.</param>
    /// <param name="names">Keeps values of unknown classes, and knows further names; null refuses whatever is not on the closed list.</param>
    /// <exception cref="SerializationException">The bytes are not exactly one pickle of values that are accepted, within the limits.</exception>
    public static object? Read(ReadOnlySpan<byte> pickle, PickleLimits? limits = null, IPickleNames? names = null) =>
        new PickleReader(pickle, limits ?? PickleLimits.Default, names).Run();

    private object? Run()
    {
        while (true)
        {
            var opcode = (Opcode)_source.Byte();
            if (opcode == Opcode.Stop)
            {
                return Result();
            }

            if (!TryScalar(opcode) && !TryContainer(opcode) && !TryStackOrMemo(opcode) && !TryCall(opcode))
            {
                throw Refused(opcode);
            }
        }
    }

    private object? Result()
    {
        object? result = Value(_stack.Pop());
        if (_stack.Count > 0 || _stack.HasMarks)
        {
            throw _source.Malformed("values are left over at its STOP");
        }

        if (_source.Remaining > 0)
        {
            throw _source.Malformed($"{_source.Remaining} bytes follow its STOP");
        }

        // Depth arises from values waiting on the stack, or from containers filled by the memo: otherwise there is none to measure.
        if (_budget.Containers > _limits.MaxDepth && (_sharedContainers || _stack.Highest > _limits.MaxDepth))
        {
            new PickleDepth(_budget).Check(result);
        }

        return _names is null ? result : _names.Complete(result);
    }

    private bool TryScalar(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.None:
                _stack.Push(null);
                return true;
            case Opcode.NewTrue:
                _stack.Push(true);
                return true;
            case Opcode.NewFalse:
                _stack.Push(false);
                return true;
            case Opcode.BinInt1:
                _stack.Push(PickleNumbers.Of(_source.Byte()));
                return true;
            case Opcode.BinInt2:
                _stack.Push(PickleNumbers.Of(_source.UInt16()));
                return true;
            case Opcode.BinInt:
                _stack.Push(PickleNumbers.Of(_source.Int32()));
                return true;
            case Opcode.Long1:
                _stack.Push(PickleNumbers.OfBytes(_source.Take(_source.Byte()), _limits));
                return true;
            case Opcode.Long4:
                _stack.Push(PickleNumbers.OfBytes(_source.Take(_source.UInt32()), _limits));
                return true;
            case Opcode.Int:
                _stack.Push(PickleNumbers.OfIntLine(_source.Line(), _limits));
                return true;
            case Opcode.Long:
                _stack.Push(PickleNumbers.OfLongLine(_source.Line(), _limits));
                return true;
            case Opcode.BinFloat:
                _stack.Push(_source.Double());
                return true;
            case Opcode.Float:
                _stack.Push(PickleNumbers.OfFloatLine(_source.Line()));
                return true;
            default:
                return TryText(opcode) || TryBytes(opcode);
        }
    }

    private bool TryText(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.ShortBinUnicode:
                _stack.Push(PickleText.Decode(_source.Take(_source.Byte())));
                return true;
            case Opcode.BinUnicode:
                _stack.Push(PickleText.Decode(_source.Take(_source.UInt32())));
                return true;
            case Opcode.BinUnicode8:
                _stack.Push(PickleText.Decode(_source.Take(_source.UInt64())));
                return true;
            case Opcode.Unicode:
                _stack.Push(TextLines.RawUnicode(_source.Line()));
                return true;
            case Opcode.String:
                _stack.Push(TextLines.Quoted(_source.Line()));
                return true;
            case Opcode.BinString:
                _stack.Push(TextLines.Ascii(_source.Take(_source.UInt32())));
                return true;
            case Opcode.ShortBinString:
                _stack.Push(TextLines.Ascii(_source.Take(_source.Byte())));
                return true;
            default:
                return false;
        }
    }

    private bool TryBytes(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.ShortBinBytes:
                _stack.Push(_source.Take(_source.Byte()).ToArray());
                return true;
            case Opcode.BinBytes:
                _stack.Push(_source.Take(_source.UInt32()).ToArray());
                return true;
            case Opcode.BinBytes8:
                _stack.Push(_source.Take(_source.UInt64()).ToArray());
                return true;
            case Opcode.ByteArray8:
                _stack.Push(new Memory<byte>(_source.Take(_source.UInt64()).ToArray()));
                return true;
            default:
                return false;
        }
    }

    private readonly SerializationException Refused(Opcode opcode) => opcode switch
    {
        Opcode.Ext1 or Opcode.Ext2 or Opcode.Ext4 => _source.Malformed("it uses the extension registry of copyreg, which is not supported"),
        Opcode.PersId or Opcode.BinPersId => _source.Malformed("it holds a persistent id, which nothing here can resolve"),
        Opcode.NextBuffer or Opcode.ReadOnlyBuffer => _source.Malformed("it refers to buffers outside of itself, and there are none"),
        _ => _source.Malformed($"0x{(byte)opcode:x2} is no instruction"),
    };
}
