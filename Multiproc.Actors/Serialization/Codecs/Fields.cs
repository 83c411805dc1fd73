using System.Reflection;
using System.Runtime.CompilerServices;

namespace Multiproc.Serialization.Codecs;

/// <summary>
/// Classes and structs by their instance fields, base classes first. Begins with reflection, since most types of a short-lived child
/// are sent once; a type that is used often gets compiled accessors.
/// </summary>
internal sealed class FieldsCodec : Codec
{
    private const int UsesBeforeCompiling = 32;

    private readonly Type _type;
    private readonly FieldInfo[] _fields;
    private readonly FieldInfo? _pointer;
    private int _uses;
    private volatile CompiledFields<object>? _compiled;

    public FieldsCodec(Type type)
    {
        _type = type;
        _fields = FieldsOf(type);
        _pointer = Array.Find(_fields, static field => field.FieldType.IsPointer || field.FieldType.IsFunctionPointer);
    }

    public override int MinSize => 1 + _fields.Sum(static part => part.FieldType.IsValueType ? CodecTable.For(part.FieldType).MinSize : 1);

    /// <summary>Counts the uses; true from the one on at which accessors are worth being compiled.</summary>
    public bool IsUsedOften() => RuntimeFeature.IsDynamicCodeCompiled && (_uses >= UsesBeforeCompiling || Interlocked.Increment(ref _uses) >= UsesBeforeCompiling);

    public CompiledFields<T> Compile<T>() => new(_type, _fields);

    /// <summary>What stands before the fields.</summary>
    public void WriteHead(WriteContext context)
    {
        if (_pointer is not null)
        {
            throw Refusal(_pointer);
        }

        context.Writer.VarUInt((uint)_fields.Length);
    }

    public void ReadHead(ref WireReader reader)
    {
        ulong count = reader.VarUInt();
        if (count != (ulong)_fields.Length)
        {
            throw new SerializationException($"Malformed value: a {TypeNames.Of(_type)} of {count} fields came, ours has {_fields.Length}: both sides must run the same app.");
        }

        if (_pointer is not null)
        {
            throw Refusal(_pointer);
        }
    }

    public override void WriteObject(WriteContext context, object value)
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

    public override object ReadObject(ReadContext context, ref WireReader reader, int id)
    {
        ReadHead(ref reader);
        object value = RuntimeHelpers.GetUninitializedObject(_type);
        if (id >= 0)
        {
            context.Fulfil(id, value);
        }

        if (Compiled() is { } compiled)
        {
            compiled.Read(context, ref reader, ref value);
            return value;
        }

        foreach (var field in _fields)
        {
            field.SetValue(value, Slot.Read(context, ref reader, field.FieldType));
        }

        return value;
    }

    // A struct comes here only until its own codec has compiled it.
    private CompiledFields<object>? Compiled() => _compiled ?? (!_type.IsValueType && IsUsedOften() ? _compiled = Compile<object>() : null);

    private static UnsendableException Refusal(FieldInfo pointer)
    {
        var refusal = new UnsendableException($"is a {pointer.FieldType}, which has a meaning in this process only");
        refusal.At($"field '{TypeNames.Of(pointer)}'");
        return refusal;
    }

    private static FieldInfo[] FieldsOf(Type type)
    {
        var all = new List<FieldInfo>();
        for (var level = type; level is not null && level != typeof(object) && level != typeof(ValueType); level = level.BaseType)
        {
            var own = level.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly);
            all.InsertRange(0, Array.FindAll(own, static field => !SendableTypes.IsExcluded(field)));
        }

        return [.. all];
    }
}
