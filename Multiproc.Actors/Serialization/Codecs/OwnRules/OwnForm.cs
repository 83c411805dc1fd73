using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Serialization;

namespace Multiproc.Serialization.Codecs;

#pragma warning disable SYSLIB0050 // The classes of users have these marks and interfaces, whatever .NET thinks of its own formatter.

/// <summary>
/// Sends a class of the app that is <see cref="ISerializable"/> by its GetObjectData and its serialization constructor. Never a class of .NET: the known
/// attacks by serialized objects use such classes.
/// </summary>
internal sealed class OwnFormCodec(Type type) : Codec
{
    private const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private readonly SerializationCallbacks? _callbacks = SerializationCallbacks.Of(type);

    /// <summary>Whether the class defines its serialized form itself; false if it only inherits that from a base class of .NET.</summary>
    public static bool IsOf(Type type) =>
        typeof(ISerializable).IsAssignableFrom(type)
        && !type.IsInterface
        && !SendableTypes.IsFramework(type)
        && type.GetInterfaceMap(typeof(ISerializable)).TargetMethods[0].DeclaringType is { } declaring
        && !SendableTypes.IsFramework(declaring);

    public override bool IsLate(object value) => value is IObjectReference;

    public override void WriteObject(WriteContext context, object value)
    {
        _callbacks?.Serializing(value);
        var info = new SerializationInfo(type, new FormatterConverter());
        try
        {
            ((ISerializable)value).GetObjectData(info, SerializationCallbacks.Purpose);
        }
        catch (Exception failed) when (failed is not (MultiprocException or OutOfMemoryException))
        {
            throw new UnsendableException($"failed in its method GetObjectData: {failed.GetType()}: {failed.Message}", failed);
        }

        if (info.IsFullTypeNameSetExplicit || info.IsAssemblyNameSetExplicit)
        {
            throw new UnsendableException("names its substitute in GetObjectData by text: use SetType");
        }

        if (FaultOf(info.ObjectType) is { } fault)
        {
            throw new UnsendableException(fault);
        }

        context.Type(info.ObjectType);
        context.Writer.VarUInt((uint)info.MemberCount);
        foreach (var entry in info)
        {
            Primitives.WriteText(context.Writer, entry.Name);
            try
            {
                context.Type(entry.ObjectType);
                Slot.Write(context, entry.Value, typeof(object));
            }
            catch (UnsendableException unsendable) when (unsendable.At($"'{entry.Name}' of GetObjectData"))
            {
                throw;
            }
        }

        _callbacks?.Serialized(value);
    }

    public override object ReadObject(ReadContext context, ref WireReader reader, int id)
    {
        var arriving = context.Type(ref reader);
        if (arriving.IsAbstract || FaultOf(arriving) is not null)
        {
            throw new SerializationException($"Malformed value: a {TypeNames.Of(arriving)} is not a substitute for a {TypeNames.Of(type)}.");
        }

        object made = RuntimeHelpers.GetUninitializedObject(arriving);
        if (id >= 0 && made is not IObjectReference && !arriving.IsValueType)
        {
            context.Fulfil(id, made);
        }

        var callbacks = arriving == type ? _callbacks : SerializationCallbacks.Of(arriving);
        callbacks?.Deserializing(made);
        var info = new SerializationInfo(arriving, new FormatterConverter());
        for (int left = reader.Count(atLeast: 3); left > 0; left--)
        {
            string name = Primitives.ReadText(ref reader);
            var declared = context.TypeOrShape(ref reader);
            info.AddValue(name, Slot.Read(context, ref reader, typeof(object)), declared);
        }

        if (ConstructorOf(arriving) is { } constructor)
        {
            constructor.Invoke(made, BindingFlags.DoNotWrapExceptions, null, [info, SerializationCallbacks.Purpose], null);
        }
        else
        {
            SetFields(made, info);
        }

        callbacks?.Deserialized(made);
        return Arrival.Of(context, made);
    }

    /// <summary>Returns the serialization constructor of a class.</summary>
    public static ConstructorInfo? ConstructorOf(Type type) => type.GetConstructor(Any, [typeof(SerializationInfo), typeof(StreamingContext)]);

    /// <summary>
    /// A substitute object (SetType) is created by its serialization constructor; or it is an <see cref="IObjectReference"/>, created from its fields.
    /// </summary>
    private static string? FaultOf(Type arriving)
    {
        if (SendableTypes.IsFramework(arriving) || arriving.IsInterface || arriving.IsArray)
        {
            return $"wants a {TypeNames.Of(arriving)} to arrive in its place: that must be a class of the app";
        }

        return (typeof(ISerializable).IsAssignableFrom(arriving) && ConstructorOf(arriving) is not null)
            || (typeof(IObjectReference).IsAssignableFrom(arriving) && !typeof(ISerializable).IsAssignableFrom(arriving))
            ? null
            : $"is ISerializable without the constructor {arriving.Name}(SerializationInfo, StreamingContext), which would make it there: add that, or "
                + "configure a Reducer";
    }

    private static void SetFields(object made, SerializationInfo info)
    {
        foreach (var entry in info)
        {
            var field = made.GetType().GetField(entry.Name, Any) ?? throw new SerializationException(
                $"Malformed value: a {TypeNames.Of(made.GetType())} has no field '{entry.Name}'.");
            field.SetValue(made, entry.Value);
        }
    }
}

/// <summary>Completes an object of the app once its parts are read.</summary>
internal static class Arrival
{
    /// <summary>Returns the object, or the object that it refers to. Registers one that is to be notified at the end of the message.</summary>
    public static object Of(ReadContext context, object made)
    {
        if (made is IDeserializationCallback callback)
        {
            if (made is ValueType)
            {
                callback.OnDeserialization(null); // Called now, since a later call would reach only a copy.
            }
            else
            {
                context.AtEnd(() => callback.OnDeserialization(null));
            }
        }

        return made is IObjectReference reference
            ? reference.GetRealObject(SerializationCallbacks.Purpose) ?? throw new SerializationException(
                $"{TypeNames.Of(made.GetType())}.GetRealObject returned null.")
            : made;
    }

    public static bool IsReference(Type type) => typeof(IObjectReference).IsAssignableFrom(type);

    public static bool HasCallback(Type type) => typeof(IDeserializationCallback).IsAssignableFrom(type);
}
#pragma warning restore SYSLIB0050

/// <summary>Adapts a codec that works on objects to a codec of the value type.</summary>
internal sealed class BoxingCodec<T>(Codec inner) : Codec<T>
    where T : struct
{
    public override void Write(WriteContext context, T value) => inner.WriteObject(context, value);

    public override T Read(ReadContext context, ref WireReader reader, int id) => (T)inner.ReadObject(context, ref reader, -1);
}
