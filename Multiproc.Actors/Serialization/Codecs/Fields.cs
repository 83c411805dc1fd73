using System.Reflection;
using System.Runtime.CompilerServices;

namespace Multiproc.Serialization.Codecs;

/// <summary>
/// Sends classes and structs as their instance fields, base classes first, and calls their serialization callbacks. Begins with reflection, since
/// most types of a short-lived child are sent once; a type that is used often gets compiled accessors.
/// </summary>
internal sealed class FieldsCodec : Codec
{
    private const int UsesBeforeCompiling = 32;

    private readonly Type _type;
    private readonly FieldInfo[] _fields;
    private readonly FieldInfo? _pointer;
    private readonly FieldInfo? _hash;
    private readonly SerializationCallbacks? _callbacks;
    private readonly ForeignBase? _foreign;
    private readonly bool _isReference;
    private readonly bool _hasCallback;
    private int _uses;
    private volatile CompiledFields<object>? _compiled;

    /// <summary>The fields of all classes up to object; or only of those derived from the first class of .NET that has a codec.</summary>
    public FieldsCodec(Type type, bool onlyOwn = false)
    {
        _type = type;
        _fields = FieldsOf(type, onlyOwn);
        _pointer = Array.Find(_fields, static field => field.FieldType.IsPointer || field.FieldType.IsFunctionPointer);
        if (typeof(IEnvelopeOfWork).IsAssignableFrom(type))
        {
            return;
        }

        _hash = Array.Find(_fields, static field => HashCaches.FaultOf(field) is not null);
        _callbacks = SerializationCallbacks.Of(type);
        _foreign = onlyOwn ? null : ForeignBase.Of(type);
        _isReference = Arrival.IsReference(type);
        _hasCallback = Arrival.HasCallback(type);
    }

    /// <summary>A struct with serialization callbacks is boxed for them.</summary>
    private bool IsPlain => _callbacks is null && !_isReference && !_hasCallback;

    public override int MinSize => 1 + _fields.Sum(static part => part.FieldType.IsValueType ? CodecTable.For(part.FieldType).MinSize : 1);

    /// <summary>Counts the uses; returns true as soon as compiling accessors is worthwhile.</summary>
    public bool IsUsedOften() =>
        RuntimeFeature.IsDynamicCodeCompiled && (IsPlain || !_type.IsValueType)
            && (_uses >= UsesBeforeCompiling || Interlocked.Increment(ref _uses) >= UsesBeforeCompiling);

    public CompiledFields<T> Compile<T>() => new(_type, _fields);

    public override bool IsLate(object value) => _isReference;

    /// <summary>Writes the part before the fields.</summary>
    public void WriteHead(WriteContext context)
    {
        if (_pointer is not null)
        {
            throw Refusal(_pointer);
        }

        if (_hash is not null)
        {
            throw Refusal(_hash, HashCaches.FaultOf(_hash)!);
        }

        context.Writer.VarUInt((uint)_fields.Length);
    }

    public void ReadHead(ref WireReader reader)
    {
        ulong count = reader.VarUInt();
        if (count != (ulong)_fields.Length)
        {
            throw new SerializationException(
                $"Malformed value: a {TypeNames.Of(_type)} with {count} fields was received, here it has {_fields.Length}: both sides must run the same app.");
        }

        if (_pointer is not null)
        {
            throw Refusal(_pointer);
        }
    }

    public override void WriteObject(WriteContext context, object value)
    {
        _foreign?.Check(value);
        if (_callbacks is null)
        {
            WriteFields(context, value);
            return;
        }

        _callbacks.Serializing(value);
        WriteFields(context, value);
        _callbacks.Serialized(value);
    }

    public override object ReadObject(ReadContext context, ref WireReader reader, int id)
    {
        object value = RuntimeHelpers.GetUninitializedObject(_type);
        if (id >= 0 && !_isReference)
        {
            context.Fulfil(id, value);
        }

        ReadFields(context, ref reader, ref value);
        return IsPlain ? value : Finish(context, value);
    }

    /// <summary>Called after the last part of an object.</summary>
    public object Finish(ReadContext context, object value)
    {
        _callbacks?.Deserialized(value);
        return _isReference || _hasCallback ? Arrival.Of(context, value) : value;
    }

    public void ReadFields(ReadContext context, ref WireReader reader, ref object value)
    {
        _callbacks?.Deserializing(value);
        ReadHead(ref reader);
        if (Compiled() is { } compiled)
        {
            compiled.Read(context, ref reader, ref value);
            return;
        }

        foreach (var field in _fields)
        {
            field.SetValue(value, Slot.Read(context, ref reader, field.FieldType));
        }
    }

    private void WriteFields(WriteContext context, object value)
    {
        WriteHead(context);
        if (Compiled() is { } compiled)
        {
            compiled.Write(context, ref value);
            return;
        }

        foreach (var field in _fields)
        {
            try
            {
                Slot.Write(context, field.GetValue(value), field.FieldType);
            }
            catch (UnsendableException unsendable) when (unsendable.At($"field '{TypeNames.Of(field)}'"))
            {
                throw;
            }
        }
    }

    // A struct comes here only until its typed codec has compiled accessors.
    private CompiledFields<object>? Compiled() => _compiled ?? (!_type.IsValueType && IsUsedOften() ? _compiled = Compile<object>() : null);

    private static UnsendableException Refusal(FieldInfo field, string? fault = null)
    {
        var refusal = new UnsendableException(fault ?? $"is a {field.FieldType}, which has a meaning in this process only");
        refusal.At($"field '{TypeNames.Of(field)}'");
        return refusal;
    }

    private static FieldInfo[] FieldsOf(Type type, bool onlyOwn)
    {
        var all = new List<FieldInfo>();
        for (var level = type; level is not null && level != typeof(object) && level != typeof(ValueType); level = level.BaseType)
        {
            if (level != type && SendableTypes.IsFramework(level) && (onlyOwn || !SendableTypes.IsPlain(level)))
            {
                break; // Another codec handles it, or ForeignBase checks that it has no state.
            }

            var own = level.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly);
            all.InsertRange(0, Array.FindAll(own, static field => !SendableTypes.IsExcluded(field) && !HashCaches.IsMadeAnew(field)));
        }

        return [.. all];
    }
}
