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
                _stack.Push(Find(module, PickleText.Decode(_source.Line())));
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
                object type = Find(ofModule, PickleText.Decode(_source.Line()));
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
            ? Find(moduleText, nameText)
            : throw _source.Malformed("a global's name is no text"));
    }

    private readonly void NewObjEx()
    {
        object? named = _stack.Pop();
        object? arguments = _stack.Pop();
        var dictionary = named as Dictionary<object, object?>;
        if (_names is not null && dictionary is { Count: > 0 } && _stack.Pop() is PythonObject type)
        {
            _budget.Container();
            _stack.Push(new PythonObject(type, Target<PyTuple>(arguments, Opcode.NewObjEx), dictionary, isNew: true));
            return;
        }

        if (dictionary is not { Count: 0 })
        {
            throw _source.Malformed("a call has named arguments, which nothing on the list of accepted names takes");
        }

        Call(_stack.Pop(), arguments, Opcode.NewObjEx);
    }

    private readonly object Find(string module, string name)
    {
        if (_names is null)
        {
            return PickleGlobals.Find(module, name);
        }

        _budget.Container();
        return _names.Find(module, name) ?? PickleGlobals.TryFind(module, name) ?? (object)new PythonObject(module, name);
    }

    private readonly void Call(object? target, object? arguments, Opcode opcode)
    {
        if (target is PythonObject unknown)
        {
            _budget.Container();
            _stack.Push(new PythonObject(unknown, Target<PyTuple>(arguments, opcode), isNew: opcode is Opcode.NewObj or Opcode.NewObjEx));
            return;
        }

        var global = target as PickleGlobal ?? throw _source.Malformed($"{opcode} calls {PythonText.Of(target)}");
        var given = Target<PyTuple>(arguments, opcode);
        try
        {
            _stack.Push(global.Build(given, _budget));
        }
        catch (SerializationException) when (_names is not null)
        {
            // A value that .NET cannot have, such as a datetime with a zone of its own, is kept unread.
            _budget.Container();
            _stack.Push(new PythonObject(new PythonObject(global.Module, global.Name), given, isNew: opcode is Opcode.NewObj or Opcode.NewObjEx));
        }
    }

    /// <summary>Only exceptions have a state: the attributes that Python keeps besides their arguments. What is kept unread keeps its own.</summary>
    private readonly void Build(object? target, object? state)
    {
        if (target is PythonObject unknown)
        {
            unknown.SetState(Value(state));
            return;
        }

        var exception = Target<PythonException>(target, Opcode.Build);
        foreach (var (name, value) in Target<Dictionary<object, object?>>(state, Opcode.Build))
        {
            exception.SetAttribute(name as string ?? throw _source.Malformed("an attribute's name is no text"), value);
        }
    }
}
