using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Multiproc.Serialization.Codecs;

/// <summary>
/// An exception as its type, message, stack trace and cause, and what its class adds in fields. It arrives as the same type, made
/// without a constructor, with the stack of where it was thrown first.
/// </summary>
internal sealed class ExceptionCodec(Type type) : Codec
{
    private const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly FieldInfo? s_message = typeof(Exception).GetField("_message", Own);
    private static readonly FieldInfo? s_inner = typeof(Exception).GetField("_innerException", Own);
    private static readonly FieldInfo? s_result = typeof(Exception).GetField("_HResult", Own);

    private readonly FieldInfo[] _fields = FieldsOf(type);

    public override void WriteObject(WriteContext context, object value)
    {
        var exception = (Exception)value;
        var writer = context.Writer;
        Primitives.WriteText(writer, (string?)s_message?.GetValue(exception) ?? exception.Message);
        writer.String(exception.StackTrace ?? "");
        writer.Int32(exception.HResult);
        Slot.Write(context, exception.InnerException, typeof(Exception));
        writer.VarUInt((uint)_fields.Length);
        foreach (var field in _fields)
        {
            try
            {
                Slot.Write(context, field.GetValue(exception), field.FieldType);
            }
            catch (UnsendableException unsendable) when (unsendable.At($"field '{TypeNames.Of(field)}'"))
            {
                throw;
            }
        }
    }

    public override object ReadObject(ReadContext context, ref WireReader reader, int id)
    {
        var exception = (Exception)RuntimeHelpers.GetUninitializedObject(type);
        if (id >= 0)
        {
            context.Fulfil(id, exception);
        }

        s_message?.SetValue(exception, Primitives.ReadText(ref reader));
        string stack = reader.String();
        s_result?.SetValue(exception, reader.Int32());
        s_inner?.SetValue(exception, Slot.Read(context, ref reader, typeof(Exception)));
        ulong count = reader.VarUInt();
        if (count != (ulong)_fields.Length)
        {
            throw new SerializationException($"Malformed value: a {TypeNames.Of(type)} of {count} fields came, ours has {_fields.Length}: both sides must run the same app.");
        }

        foreach (var field in _fields)
        {
            field.SetValue(exception, Slot.Read(context, ref reader, field.FieldType));
        }

        return stack.Length == 0 ? exception : ExceptionDispatchInfo.SetRemoteStackTrace(exception, stack);
    }

    /// <summary>All that classes below Exception declare; of the framework's own only plain values, since the rest is of its inner workings.</summary>
    private static FieldInfo[] FieldsOf(Type type)
    {
        var all = new List<FieldInfo>();
        for (var level = type; level is not null && level != typeof(Exception); level = level.BaseType)
        {
            bool foreign = SendableTypes.IsFramework(level);
            foreach (var field in level.GetFields(Own))
            {
                bool plain = field.FieldType.IsPrimitive || field.FieldType == typeof(string) || field.FieldType == typeof(Exception[]);
                if (!SendableTypes.IsExcluded(field) && (!foreign || plain))
                {
                    all.Add(field);
                }
            }
        }

        return [.. all];
    }
}
