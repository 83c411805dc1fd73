using Multiproc.Serialization.Codecs;

namespace Multiproc.Serialization;

/// <summary>The tag before the content of a reference. The numbers are part of the wire format.</summary>
internal enum SlotTag : byte
{
    Null = 0,

    /// <summary>An earlier object of this message: its number.</summary>
    Again = 1,

    /// <summary>An object of exactly the declared type.</summary>
    Declared = 2,

    /// <summary>An object of another type: the type, then the content.</summary>
    Other = 3,
}

/// <summary>
/// Writes and reads a value in a place of a declared type. A value type is its content alone; a reference begins with a tag: null, an
/// earlier object, or the type of a new one.
/// </summary>
internal static class Slot
{
    public static void Write(WriteContext context, object? value, Type declared)
    {
        if (declared.IsValueType)
        {
            context.Enter();
            CodecTable.For(declared).WriteObject(context, value!);
            context.Leave();
            return;
        }

        var writer = context.Writer;
        if (value is null)
        {
            writer.Byte((byte)SlotTag.Null);
            return;
        }

        if (value is ISentAs proxy)
        {
            value = proxy.SentForm;
        }

        var type = value.GetType();
        if (value is Type or System.Reflection.MethodInfo)
        {
            type = value is Type ? typeof(Type) : typeof(System.Reflection.MethodInfo);
        }

        var codec = CodecTable.For(type);
        if (codec is StandInCodec standIn)
        {
            value = standIn.SentForm(value);
            type = value.GetType();
            codec = CodecTable.For(type);
        }

        int id = -1;
        if (!type.IsValueType && value is not string && !context.IsNew(value, out id))
        {
            if (context.IsUnfinished(id))
            {
                throw new UnsendableException(
                    $"is the {TypeNames.Of(type)} that contains it: such an object is created after its parts, which cannot refer back to it");
            }

            writer.Byte((byte)SlotTag.Again);
            writer.VarUInt((uint)id);
            return;
        }

        if (codec is FamilyCodec family)
        {
            writer.Byte((byte)SlotTag.Other);
            context.Type(family.Form);
        }
        else if (type == declared)
        {
            writer.Byte((byte)SlotTag.Declared);
        }
        else
        {
            writer.Byte((byte)SlotTag.Other);
            context.Type(type);
        }

        bool isLate = codec.IsLate(value);
        if (isLate)
        {
            context.BeginUnfinished(id);
        }

        context.Enter();
        codec.WriteObject(context, value);
        context.Leave();
        if (isLate)
        {
            context.EndUnfinished();
        }
    }

    /// <summary>Reads a value; calls <paramref name="announced"/> with it as soon as it exists, unless it is an earlier object or has no identity.</summary>
    public static object? Read(ReadContext context, ref WireReader reader, Type declared, Action<object>? announced = null)
    {
        if (declared.IsValueType)
        {
            context.Enter();
            object content = CodecTable.For(declared).ReadObject(context, ref reader, -1);
            context.Leave();
            return content;
        }

        byte tag = reader.Byte();
        switch ((SlotTag)tag)
        {
            case SlotTag.Null:
                return null;
            case SlotTag.Again:
                object earlier = context.Earlier(reader.VarUInt());
                return declared.IsInstanceOfType(earlier)
                    ? earlier
                    : throw new SerializationException(
                        $"Malformed value: a {TypeNames.Of(earlier.GetType())} was received where a {TypeNames.Of(declared)} is expected.");
            case SlotTag.Declared:
                return ReadContent(context, ref reader, declared, announced);
            case SlotTag.Other:
                var type = context.Type(ref reader);
                return declared.IsAssignableFrom(type) || typeof(IArrivesAs).IsAssignableFrom(type)
                    ? Arrived(ReadContent(context, ref reader, type, announced), declared)
                    : throw new SerializationException($"Malformed value: a {TypeNames.Of(type)} was received where a {TypeNames.Of(declared)} is expected.");
            default:
                throw new SerializationException($"Malformed value: {tag} is not a mark of a reference.");
        }
    }

    private static object Arrived(object value, Type declared) => declared.IsInstanceOfType(value)
        ? value
        : throw new SerializationException($"Malformed value: a {TypeNames.Of(value.GetType())} was received where a {TypeNames.Of(declared)} is expected.");

    private static object ReadContent(ReadContext context, ref WireReader reader, Type type, Action<object>? announced)
    {
        int id = type.IsValueType || type == typeof(string) ? -1 : context.Reserve();
        if (announced is not null && id >= 0)
        {
            context.WhenFulfilled(id, announced);
        }

        context.Enter();
        int tangles = id >= 0 ? context.Open(id) : 0;
        object value = ReadKnown(context, ref reader, type, id);
        if (id >= 0)
        {
            context.Close(id, tangles);
        }

        context.Leave();
        if (value is IArrivesAs sent)
        {
            value = sent.Arrived;
        }

        if (id >= 0)
        {
            context.Fulfil(id, value);
        }

        return value;
    }

    private static object ReadKnown(ReadContext context, ref WireReader reader, Type type, int id)
    {
        if (type.IsAbstract && !typeof(Type).IsAssignableFrom(type) && !typeof(System.Reflection.MethodInfo).IsAssignableFrom(type))
        {
            throw new SerializationException($"Malformed value: no object is of the abstract type {TypeNames.Of(type)}.");
        }

        try
        {
            return CodecTable.For(type).ReadObject(context, ref reader, id);
        }
        catch (UnsendableException unsendable)
        {
            throw new SerializationException($"Malformed value: a {TypeNames.Of(type)} cannot have been sent: it {unsendable.Message}.", unsendable);
        }
    }
}

/// <summary>Writes and reads a value in a place whose type is known at compile time, without boxing value types.</summary>
internal static class Slot<T>
{
    private static Codec<T>? s_codec;

    public static void Write(WriteContext context, T value)
    {
        if (!typeof(T).IsValueType)
        {
            Slot.Write(context, value, typeof(T));
            return;
        }

        context.Enter();
        (s_codec ??= (Codec<T>)CodecTable.For(typeof(T))).Write(context, value);
        context.Leave();
    }

    /// <summary>Writes a value with the bytes that it has in a place declared as object.</summary>
    public static void WriteNamed(WriteContext context, T value)
    {
        if (default(T) is null)
        {
            Slot.Write(context, value, typeof(object));
            return;
        }

        context.Writer.Byte((byte)SlotTag.Other);
        context.Type(typeof(T));
        Write(context, value);
    }

    /// <summary>Reads a value in a place declared as object if it is of exactly this value type. Otherwise returns false and reads nothing.</summary>
    public static bool TryReadNamed(ReadContext context, ref WireReader reader, out T value)
    {
        var ahead = reader;
        if (default(T) is null || (SlotTag)ahead.Byte() != SlotTag.Other || context.Type(ref ahead) != typeof(T))
        {
            value = default!;
            return false;
        }

        value = Read(context, ref ahead);
        reader = ahead;
        return true;
    }

    public static T Read(ReadContext context, ref WireReader reader)
    {
        if (!typeof(T).IsValueType)
        {
            return (T)Slot.Read(context, ref reader, typeof(T))!;
        }

        context.Enter();
        var value = (s_codec ??= (Codec<T>)CodecTable.For(typeof(T))).Read(context, ref reader, -1);
        context.Leave();
        return value;
    }
}
