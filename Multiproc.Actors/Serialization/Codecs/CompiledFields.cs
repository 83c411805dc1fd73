using System.Reflection;
using System.Reflection.Emit;

namespace Multiproc.Serialization.Codecs;

/// <summary>Reads and writes the fields of one type by code compiled for it. Only for types that are used often: compiling costs milliseconds.</summary>
/// <typeparam name="T">The type itself when it is a value type, which is then never boxed; else object.</typeparam>
internal sealed class CompiledFields<T>
{
    private readonly FieldInfo[] _fields;
    private readonly Writer _write;
    private readonly Reader _read;

    public CompiledFields(Type type, FieldInfo[] fields)
    {
        _fields = fields;
        _write = MakeWriter(type, fields);
        _read = MakeReader(type, fields);
    }

    private delegate void Writer(WriteContext context, ref T value, ref int at);

    private delegate void Reader(ReadContext context, ref WireReader reader, ref T value);

    public void Write(WriteContext context, ref T value)
    {
        int at = 0;
        try
        {
            _write(context, ref value, ref at);
        }
        catch (UnsendableException unsendable) when (unsendable.At($"field '{TypeNames.Of(_fields[at])}'"))
        {
            throw;
        }
    }

    public void Read(ReadContext context, ref WireReader reader, ref T value) => _read(context, ref reader, ref value);

    private static Writer MakeWriter(Type type, FieldInfo[] fields)
    {
        var method = new DynamicMethod(
            $"Write {type.Name}", typeof(void), [typeof(WriteContext), typeof(T).MakeByRefType(), typeof(int).MakeByRefType()],
            typeof(CompiledFields<T>).Module, skipVisibility: true);
        var code = method.GetILGenerator();
        for (int i = 0; i < fields.Length; i++)
        {
            // at = i; Slot<F>.Write(context, value.field);
            code.Emit(OpCodes.Ldarg_2);
            code.Emit(OpCodes.Ldc_I4, i);
            code.Emit(OpCodes.Stind_I4);
            code.Emit(OpCodes.Ldarg_0);
            code.Emit(OpCodes.Ldarg_1);
            EmitOwner(code, type);
            code.Emit(OpCodes.Ldfld, fields[i]);
            code.Emit(OpCodes.Call, SlotMethod(fields[i], nameof(Slot<int>.Write)));
        }

        code.Emit(OpCodes.Ret);
        return method.CreateDelegate<Writer>();
    }

    private static Reader MakeReader(Type type, FieldInfo[] fields)
    {
        var method = new DynamicMethod(
            $"Read {type.Name}", typeof(void), [typeof(ReadContext), typeof(WireReader).MakeByRefType(), typeof(T).MakeByRefType()],
            typeof(CompiledFields<T>).Module, skipVisibility: true);
        var code = method.GetILGenerator();
        foreach (var field in fields)
        {
            // value.field = Slot<F>.Read(context, ref reader);
            code.Emit(OpCodes.Ldarg_2);
            EmitOwner(code, type);
            code.Emit(OpCodes.Ldarg_0);
            code.Emit(OpCodes.Ldarg_1);
            code.Emit(OpCodes.Call, SlotMethod(field, nameof(Slot<int>.Read)));
            code.Emit(OpCodes.Stfld, field);
        }

        code.Emit(OpCodes.Ret);
        return method.CreateDelegate<Reader>();
    }

    /// <summary>
    /// Converts the reference to a value on the stack into the location of its fields: that reference itself, or the object that it refers to.
    /// </summary>
    private static void EmitOwner(ILGenerator code, Type type)
    {
        if (typeof(T) != type)
        {
            code.Emit(OpCodes.Ldind_Ref);
            code.Emit(type.IsValueType ? OpCodes.Unbox : OpCodes.Castclass, type);
        }
    }

    private static MethodInfo SlotMethod(FieldInfo field, string name) => typeof(Slot<>).MakeGenericType(field.FieldType).GetMethod(name)!;
}
