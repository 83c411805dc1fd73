using System.Reflection;
using System.Runtime.Serialization;

namespace Multiproc.Serialization.Codecs;

/// <summary>
/// The methods of a class marked with [OnSerializing], [OnSerialized], [OnDeserializing] and [OnDeserialized]; those of base classes come first.
/// </summary>
internal sealed class SerializationCallbacks
{
    private const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private readonly List<MethodInfo> _serializing = [];
    private readonly List<MethodInfo> _serialized = [];
    private readonly List<MethodInfo> _deserializing = [];
    private readonly List<MethodInfo> _deserialized = [];

#pragma warning disable SYSLIB0050 // The classes of users have these marks and interfaces, whatever .NET thinks of its own formatter.
    public static StreamingContext Purpose { get; } = new(StreamingContextStates.CrossProcess);
#pragma warning restore SYSLIB0050

    private bool AreThere => _serializing.Count + _serialized.Count + _deserializing.Count + _deserialized.Count > 0;

    /// <summary>Returns null for the many classes that have none.</summary>
    public static SerializationCallbacks? Of(Type type)
    {
        SerializationCallbacks? found = null;
        for (
            var level = type; level is not null && level != typeof(object) && level != typeof(ValueType)
                && !SendableTypes.IsFramework(level); level = level.BaseType)
        {
            if (level.Assembly == typeof(SerializationCallbacks).Assembly || level.Name.StartsWith('<'))
            {
                continue; // This library's own classes, and compiler-generated ones for lambdas and anonymous types.
            }

            foreach (var method in level.GetMethods(Own))
            {
                if (IsCandidate(method))
                {
                    (found ??= new SerializationCallbacks()).Add(method);
                }
            }
        }

        return found is { AreThere: true } ? found : null;
    }

    public void Serializing(object value) => Call(_serializing, value, typeof(OnSerializingAttribute));

    public void Serialized(object value) => Call(_serialized, value, typeof(OnSerializedAttribute));

    /// <summary>Exceptions of these two are reported by the serializer as a value that cannot be deserialized.</summary>
    public void Deserializing(object value) => _deserializing.ForEach(method => Invoke(method, value));

    public void Deserialized(object value) => _deserialized.ForEach(method => Invoke(method, value));

    private static void Call(List<MethodInfo> methods, object value, Type mark)
    {
        foreach (var method in methods)
        {
            try
            {
                Invoke(method, value);
            }
            catch (Exception failed) when (failed is not (MultiprocException or UnsendableException or OutOfMemoryException))
            {
                throw new UnsendableException(
                    $"failed in its method {method.Name} [{mark.Name[..^"Attribute".Length]}]: {failed.GetType()}: {failed.Message}", failed);
            }
        }
    }

    private static void Invoke(MethodInfo method, object value) => method.Invoke(value, BindingFlags.DoNotWrapExceptions, null, [Purpose], null);

    /// <summary>Checks the signature first, since looking for attributes is more expensive.</summary>
    private static bool IsCandidate(MethodInfo method)
    {
        if (method.IsSpecialName || method.IsGenericMethodDefinition || method.Name.StartsWith('<'))
        {
            return false;
        }

        try
        {
            return method.GetParameters() is [{ } only] && only.ParameterType == typeof(StreamingContext) && method.ReturnType == typeof(void);
        }
        catch (Exception missing) when (missing is FileNotFoundException or FileLoadException or TypeLoadException or BadImageFormatException)
        {
            return false; // A parameter type is of an assembly that this app does not have: the method cannot be called at all.
        }
    }

    private void Add(MethodInfo method)
    {
        AddIf<OnSerializingAttribute>(_serializing, method);
        AddIf<OnSerializedAttribute>(_serialized, method);
        AddIf<OnDeserializingAttribute>(_deserializing, method);
        AddIf<OnDeserializedAttribute>(_deserialized, method);
    }

    private static void AddIf<TMark>(List<MethodInfo> methods, MethodInfo method)
        where TMark : Attribute
    {
        // An override is also found at its own level; the virtual call reaches it from the first one.
        if (method.IsDefined(typeof(TMark), inherit: false) && !methods.Exists(known => known.GetBaseDefinition() == method.GetBaseDefinition()))
        {
            methods.Insert(0, method);
        }
    }
}
