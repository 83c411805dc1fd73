namespace Multiproc.Serialization.Pickle;

/// <summary>Instructions that name or call globals, all of which are in <see cref="PickleGlobals"/>.</summary>
internal ref partial struct PickleReader
{
    private bool TryCall(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.Proto:
                int protocol = _source.Byte();
                return protocol <= HighestProtocol ? true : throw _source.Malformed($"protocol {protocol} is unknown");
            case Opcode.Frame:
                ulong size = _source.UInt64();
                return size <= (ulong)_source.Remaining
                    ? true
                    : throw _source.Malformed($"a frame of {size} bytes is announced and {_source.Remaining} are left");
            case Opcode.Global:
                string module = PickleText.Decode(_source.Line());
                _stack.Push(PickleGlobals.Find(module, PickleText.Decode(_source.Line())));
                return true;
            case Opcode.StackGlobal:
                StackGlobal();
                return true;
            case Opcode.Reduce or Opcode.NewObj:
                object? arguments = _stack.Pop();
                Call(_stack.Pop(), arguments, opcode);
                return true;
            case Opcode.NewObjEx:
                NewObjEx();
                return true;
            case Opcode.Inst:
                string ofModule = PickleText.Decode(_source.Line());
                var type = PickleGlobals.Find(ofModule, PickleText.Decode(_source.Line()));
                Call(type, _budget.Tuple(Values(_stack.PopToMark())), opcode);
                return true;
            case Opcode.Obj:
                object?[] typeAndArguments = _stack.PopToMark();
                Call(
                    typeAndArguments.Length > 0 ? typeAndArguments[0] : null, _budget.Tuple(Values(typeAndArguments[Math.Min(1, typeAndArguments.Length)..])),
                    opcode);
                return true;
            case Opcode.Build:
                object? state = _stack.Pop();
                Build(_stack.Top(), state);
                return true;
            default:
                return false;
        }
    }

    private readonly void StackGlobal()
    {
        object? name = _stack.Pop();
        object? module = _stack.Pop();
        _stack.Push(module is string moduleText && name is string nameText
            ? PickleGlobals.Find(moduleText, nameText)
            : throw _source.Malformed("a global's name is no text"));
    }

    private readonly void NewObjEx()
    {
        object? named = _stack.Pop();
        object? arguments = _stack.Pop();
        if (named is not Dictionary<object, object?> { Count: 0 })
        {
            throw _source.Malformed("a call has named arguments, which nothing on the list of accepted names takes");
        }

        Call(_stack.Pop(), arguments, Opcode.NewObjEx);
    }

    private readonly void Call(object? target, object? arguments, Opcode opcode)
    {
        var global = target as PickleGlobal ?? throw _source.Malformed($"{opcode} calls {PythonText.Of(target)}");
        _stack.Push(global.Build(Target<PyTuple>(arguments, opcode), _budget));
    }

    /// <summary>Only exceptions have a state: the attributes that Python keeps besides their arguments.</summary>
    private readonly void Build(object? target, object? state)
    {
        var exception = Target<PythonException>(target, Opcode.Build);
        foreach (var (name, value) in Target<Dictionary<object, object?>>(state, Opcode.Build))
        {
            exception.SetAttribute(name as string ?? throw _source.Malformed("an attribute's name is no text"), value);
        }
    }
}
