using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Multiproc.Serialization.Codecs;

/// <summary>
/// Sends an exception as its type, message, stack trace, cause, and the fields of its class. It arrives as the same type, created
/// without running a constructor, with the original stack trace.
/// </summary>
internal sealed class ExceptionCodec(Type type) : Codec
{
    private const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly FieldInfo? s_message = FieldOf("_message");
    private static readonly FieldInfo? s_inner = FieldOf("_innerException");
    private static readonly FieldInfo? s_result = FieldOf("_HResult");
    private static readonly FieldInfo? s_help = FieldOf("_helpURL");
    private static readonly FieldInfo? s_source = FieldOf("_source");
    private static readonly FieldInfo? s_data = FieldOf("_data");

    private readonly FieldInfo[] _fields = FieldsOf(type);
    private readonly SerializationCallbacks? _callbacks = SerializationCallbacks.Of(type);
    private readonly ExceptionInfo? _info = ExceptionInfo.Of(type);

    public override void WriteObject(WriteContext context, object value)
    {
        var exception = (Exception)value;
        _callbacks?.Serializing(exception);
        WriteText(context.Writer, (string?)s_message?.GetValue(exception));
        Primitives.WriteText(context.Writer, exception.StackTrace ?? "");
        context.Writer.Int32(exception.HResult);
        WriteText(context.Writer, (string?)s_help?.GetValue(exception));
        WriteText(context.Writer, exception.Source);
        WriteData(context, (IDictionary?)s_data?.GetValue(exception));
        Slot.Write(context, exception.InnerException, typeof(Exception));
        context.Writer.VarUInt((uint)_fields.Length);
        foreach (var field in _fields)
        {
            WriteField(context, exception, field);
        }

        _info?.Write(context, exception);
        _callbacks?.Serialized(exception);
    }

    public override object ReadObject(ReadContext context, ref WireReader reader, int id)
    {
        var exception = (Exception)RuntimeHelpers.GetUninitializedObject(type);
        if (id >= 0)
        {
            context.Fulfil(id, exception);
        }

        _callbacks?.Deserializing(exception);
        string? message = ReadText(ref reader);
        string stack = Primitives.ReadText(ref reader);
        int result = reader.Int32();
        string? help = ReadText(ref reader);
        string? source = ReadText(ref reader);
        var data = ReadData(context, ref reader);
        var inner = (Exception?)Slot.Read(context, ref reader, typeof(Exception));
        ulong count = reader.VarUInt();
        if (count != (ulong)_fields.Length)
        {
            throw new SerializationException(
                $"Malformed value: a {TypeNames.Of(type)} with {count} fields was received, here it has {_fields.Length}: both sides must run the same app.");
        }

        foreach (var field in _fields)
        {
            if (!IsForeign(field) || reader.Bool())
            {
                field.SetValue(exception, Slot.Read(context, ref reader, field.FieldType));
            }
        }

        // A constructor of the app's class may have set them as well: the sent values take precedence.
        _info?.Read(context, ref reader, exception);
        s_message?.SetValue(exception, message);
        s_result?.SetValue(exception, result);
        s_help?.SetValue(exception, help);
        s_source?.SetValue(exception, source);
        s_inner?.SetValue(exception, inner);
        s_data?.SetValue(exception, data);
        _callbacks?.Deserialized(exception);
        Arrival.Of(context, exception);
        return stack.Length == 0 ? exception : ExceptionDispatchInfo.SetRemoteStackTrace(exception, stack);
    }

    private static void WriteField(WriteContext context, Exception exception, FieldInfo field)
    {
        if (IsForeign(field))
        {
            // Fields of .NET's own classes may refer to anything: a value that cannot be sent is left out, and the exception is sent without it.
            TryWrite(context, field.GetValue(exception), field.FieldType);
            return;
        }

        try
        {
            Slot.Write(context, field.GetValue(exception), field.FieldType);
        }
        catch (UnsendableException unsendable) when (unsendable.At($"field '{TypeNames.Of(field)}'"))
        {
            throw;
        }
    }

    private static void WriteData(WriteContext context, IDictionary? data)
    {
        if (data is { Count: > 0 })
        {
            foreach (DictionaryEntry entry in data)
            {
                // The first 1 marks the pair, the second its value.
                TryWrite(context, (entry.Key, entry.Value), typeof((object, object)));
            }
        }

        context.Writer.Byte(End);
    }

    private const byte End = 2;

    private static IDictionary? ReadData(ReadContext context, ref WireReader reader)
    {
        IDictionary? data = null;
        for (byte mark = reader.Byte(); mark != End; mark = reader.Byte())
        {
            if (mark > End)
            {
                throw new SerializationException($"Malformed value: {mark} does not begin an entry of an exception's data.");
            }

            if (mark == 1)
            {
                var (key, value) = ((object, object))Slot.Read(context, ref reader, typeof((object, object)))!;
                data ??= new Exception().Data;
                data[key ?? throw new SerializationException("Malformed value: an exception's data have no null key.")] = value;
            }
        }

        return data;
    }

    /// <summary>Writes a 1 and the value; only a 0 if the value cannot be sent.</summary>
    private static void TryWrite(WriteContext context, object? value, Type declared)
    {
        var mark = context.Mark();
        context.Writer.Bool(true);
        try
        {
            Slot.Write(context, value, declared);
        }
        catch (UnsendableException)
        {
            context.Return(mark);
            context.Writer.Bool(false);
        }
    }

    private static void WriteText(WireWriter writer, string? text)
    {
        writer.Bool(text is not null);
        if (text is not null)
        {
            Primitives.WriteText(writer, text);
        }
    }

    private static string? ReadText(ref WireReader reader) => reader.Bool() ? Primitives.ReadText(ref reader) : null;

    private static bool IsForeign(FieldInfo field) => SendableTypes.IsFramework(field.DeclaringType!);

    private static FieldInfo? FieldOf(string name) => typeof(Exception).GetField(name, Own);

    /// <summary>The fields declared by classes derived from Exception.</summary>
    private static FieldInfo[] FieldsOf(Type type)
    {
        var all = new List<FieldInfo>();
        for (var level = type; level is not null && level != typeof(Exception); level = level.BaseType)
        {
            all.AddRange(Array.FindAll(level.GetFields(Own), static field => !SendableTypes.IsExcluded(field)));
        }

        return [.. all];
    }
}
