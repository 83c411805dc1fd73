using System.Collections.Concurrent;
using System.Reflection;

namespace Multiproc.Serialization;

/// <summary>
/// Types by name. A name leads only to assemblies that are loaded or that belong to the app (those that the runtime was given at its
/// start); never to a file.
/// </summary>
internal static class TypeResolver
{
    private const int MaxNameLength = 4096;

    private static readonly ConcurrentDictionary<Type, string> s_names = new();
    private static readonly ConcurrentDictionary<string, Type> s_types = new();
    private static readonly ConcurrentDictionary<string, Assembly> s_assemblies = new();

    public static string NameOf(Type type)
    {
        if (s_names.TryGetValue(type, out string? name))
        {
            return name;
        }

        name = type.AssemblyQualifiedName;
        if (name is null || type.Assembly.IsDynamic || type.IsByRefLike || type.IsPointer)
        {
            throw new UnsendableException($"is a {TypeNames.Of(type)}, a type that the other process cannot find: declare it in an assembly of the app");
        }

        s_names.TryAdd(type, name);
        return name;
    }

    /// <exception cref="SerializationException">There is no such type here.</exception>
    public static Type Resolve(string name)
    {
        if (s_types.TryGetValue(name, out var known))
        {
            return known;
        }

        if (name.Length is 0 or > MaxNameLength)
        {
            throw new SerializationException($"Malformed value: a type name of {name.Length} characters.");
        }

        Type? type;
        try
        {
            type = Type.GetType(name, static assembly => AssemblyOf(assembly), typeResolver: null, throwOnError: false);
        }
        catch (Exception malformed) when (malformed is ArgumentException or IOException or BadImageFormatException or TypeLoadException)
        {
            throw new SerializationException($"Malformed value: '{name}' names no type ({malformed.Message}).", malformed);
        }

        if (type is null || type.IsPointer || type.IsByRef || type.ContainsGenericParameters)
        {
            throw new SerializationException($"The type '{name}' is not known in this process: both sides must run the same app.");
        }

        // A peer decides what is asked for: what it may make us remember is bounded.
        if (s_types.Count < 10_000)
        {
            s_types.TryAdd(name, type);
        }

        return type;
    }

    private static Assembly? AssemblyOf(AssemblyName wanted)
    {
        string name = wanted.Name ?? "";
        if (s_assemblies.TryGetValue(name, out var known))
        {
            return known;
        }

        foreach (var loaded in AppDomain.CurrentDomain.GetAssemblies())
        {
            if (!loaded.IsDynamic && loaded.GetName().Name == name)
            {
                return s_assemblies.GetOrAdd(name, loaded);
            }
        }

        return BelongsToApp(name) ? s_assemblies.GetOrAdd(name, Assembly.Load(new AssemblyName(name))) : null;
    }

    private static bool BelongsToApp(string name) =>
        AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") is string list
        && list.Contains($"{Path.DirectorySeparatorChar}{name}.dll", StringComparison.Ordinal);
}
