using System.Reflection;
using System.Runtime.Serialization;

namespace Multiproc.Serialization.Codecs;

/// <summary>The methods of a class that are marked to be called before and after its objects are sent or received; those of base classes come first.</summary>
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

    /// <summary>Null for the many classes that have none.</summary>
    public static SerializationCallbacks? Of(Type type)
    {
        SerializationCallbacks? found = null;
        for (var level = type; level is not null && level != typeof(object) && level != typeof(ValueType) && !SendableTypes.IsFramework(level); level = level.BaseType)
        {
            if (level.Assembly == typeof(SerializationCallbacks).Assembly || level.Name.StartsWith('<'))
            {
                continue; // Our own, and what the compiler made for lambdas and anonymous types.
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

    /// <summary>What these two throw is told by the serializer as a value that cannot be made.</summary>
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
                throw new UnsendableException($"failed in its method {method.Name} [{mark.Name[..^"Attribute".Length]}]: {failed.GetType()}: {failed.Message}", failed);
            }
        }
    }

    private static void Invoke(MethodInfo method, object value) => method.Invoke(value, BindingFlags.DoNotWrapExceptions, null, [Purpose], null);

    /// <summary>By its signature first: to look for marks is the more expensive question.</summary>
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
            return false; // It takes a type of an assembly that this app does not have: it cannot be called at all.
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
        // An override is found at its own level too; the virtual call reaches it from the first one.
        if (method.IsDefined(typeof(TMark), inherit: false) && !methods.Exists(known => known.GetBaseDefinition() == method.GetBaseDefinition()))
        {
            methods.Insert(0, method);
        }
    }
}
