using System.Reflection;
using System.Runtime.Serialization;

namespace Multiproc.Serialization.Codecs;

#pragma warning disable SYSLIB0050 // The exceptions of users have these members, whatever .NET thinks of its own formatter.
#pragma warning disable SYSLIB0051

/// <summary>
/// Sends an exception of the app by its GetObjectData and serialization constructor: only where a field cannot be sent, since in most classes
/// both only repeat the fields. The entries of <see cref="Exception"/> itself are created in the receiver.
/// </summary>
internal sealed class ExceptionInfo
{
    private const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private readonly Type _type;
    private readonly ConstructorInfo _constructor;

    private ExceptionInfo(Type type, ConstructorInfo constructor) => (_type, _constructor) = (type, constructor);

    public static ExceptionInfo? Of(Type type)
    {
        bool needsIt = false;
        for (var level = type; level is not null && !SendableTypes.IsFramework(level); level = level.BaseType)
        {
            needsIt |= Array.Exists(level.GetFields(Own), SendableTypes.IsExcluded);
        }

        return needsIt
            && type.GetMethod(nameof(Exception.GetObjectData), [typeof(SerializationInfo), typeof(StreamingContext)]) is { } method
            && !SendableTypes.IsFramework(method.DeclaringType!)
            && OwnFormCodec.ConstructorOf(type) is { } constructor
            ? new ExceptionInfo(type, constructor)
            : null;
    }

    public void Write(WriteContext context, Exception exception)
    {
        var info = new SerializationInfo(_type, new FormatterConverter());
        try
        {
            exception.GetObjectData(info, SerializationCallbacks.Purpose);
        }
        catch (Exception failed) when (failed is not (MultiprocException or OutOfMemoryException))
        {
            throw new UnsendableException($"failed in its method GetObjectData: {failed.GetType()}: {failed.Message}", failed);
        }

        var general = General(_type);
        var entries = new List<SerializationEntry>();
        foreach (var entry in info)
        {
            if (!general.Exists(known => known.Name == entry.Name))
            {
                entries.Add(entry);
            }
        }

        context.Writer.VarUInt((uint)entries.Count);
        foreach (var entry in entries)
        {
            Primitives.WriteText(context.Writer, entry.Name);
            context.Type(entry.ObjectType);
            try
            {
                Slot.Write(context, entry.Value, typeof(object));
            }
            catch (UnsendableException unsendable) when (unsendable.At($"'{entry.Name}' of GetObjectData"))
            {
                throw;
            }
        }
    }

    public void Read(ReadContext context, ref WireReader reader, Exception exception)
    {
        var info = new SerializationInfo(_type, new FormatterConverter());
        General(_type).ForEach(entry => info.AddValue(entry.Name, entry.Value, entry.ObjectType));
        for (int left = reader.Count(atLeast: 3); left > 0; left--)
        {
            string name = Primitives.ReadText(ref reader);
            var declared = context.TypeOrShape(ref reader);
            info.AddValue(name, Slot.Read(context, ref reader, typeof(object)), declared);
        }

        _constructor.Invoke(exception, BindingFlags.DoNotWrapExceptions, null, [info, SerializationCallbacks.Purpose], null);
    }

    /// <summary>The entries of every exception.</summary>
    private static List<SerializationEntry> General(Type type)
    {
        var info = new SerializationInfo(type, new FormatterConverter());
        new Exception().GetObjectData(info, SerializationCallbacks.Purpose);
        var all = new List<SerializationEntry>();
        foreach (var entry in info)
        {
            all.Add(entry);
        }

        return all;
    }
}
