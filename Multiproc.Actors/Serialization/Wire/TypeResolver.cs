using System.Reflection;

namespace Multiproc.Serialization;

/// <summary>The form in which a type is written. The numbers are part of the wire format.</summary>
internal enum TypeForm : byte
{
    /// <summary>Assembly name, module id, token in that module.</summary>
    Definition = 0,

    /// <summary>A definition, then its arguments.</summary>
    Generic = 1,

    /// <summary>The type of the elements.</summary>
    Vector = 2,

    /// <summary>The number of dimensions, the type of the elements.</summary>
    Grid = 3,

    /// <summary>A generic definition itself, like List&lt;&gt;.</summary>
    Shape = 4,
}

/// <summary>
/// Writes and reads types as metadata tokens of their module. A token resolves only to assemblies that are loaded or belong to the app (those that the runtime
/// was given at its start), never to a file; and only to the same build of them, which the module id verifies.
/// </summary>
internal static class TypeResolver
{
    private const int MaxNesting = 32;
    private const int TypeDefinitions = 2;
    private const int ModuleBytes = 16;

    private static readonly SnapshotTable<string, Assembly> s_assemblies = new();
    private static readonly SnapshotTable<Assembly, string> s_names = new();
    private static readonly SnapshotTable<Type, byte[]> s_told = new();

    /// <exception cref="UnsendableException">The other process cannot find the type.</exception>
    public static void Write(WireWriter writer, Type type)
    {
        if (s_told.Find(type) is { } told)
        {
            writer.Raw(told);
            return;
        }

        int start = writer.Length;
        Write(writer, type, 0);
        s_told.Add(type, writer.Written[start..].ToArray());
    }

    private static void Write(WireWriter writer, Type type, int nesting)
    {
        if (nesting > MaxNesting)
        {
            throw new UnsendableException($"is of a type nested deeper than {MaxNesting} levels");
        }

        if (type.IsArray)
        {
            bool isVector = type.IsSZArray;
            writer.Byte((byte)(isVector ? TypeForm.Vector : TypeForm.Grid));
            if (!isVector)
            {
                writer.Byte((byte)type.GetArrayRank());
            }

            Write(writer, type.GetElementType()!, nesting + 1);
        }
        else if (type.IsConstructedGenericType)
        {
            writer.Byte((byte)TypeForm.Generic);
            WriteDefinition(writer, type.GetGenericTypeDefinition());
            var arguments = type.GetGenericArguments();
            writer.VarUInt((uint)arguments.Length);
            foreach (var argument in arguments)
            {
                Write(writer, argument, nesting + 1);
            }
        }
        else
        {
            writer.Byte((byte)(type.IsGenericTypeDefinition ? TypeForm.Shape : TypeForm.Definition));
            WriteDefinition(writer, type);
        }
    }

    /// <exception cref="SerializationException">This process does not have the type.</exception>
    public static Type Read(ref WireReader reader)
    {
        var behind = reader;
        if (!TrySkip(ref behind, 0))
        {
            return Read(ref reader, 0);
        }

        var bytes = reader;
        var told = bytes.Raw(behind.Position - reader.Position);
        if (TypeMemo.Find(told) is { } known)
        {
            reader = behind;
            return known;
        }

        var type = Read(ref reader, 0);
        TypeMemo.Keep(told, type);
        return type;
    }

    /// <summary>
    /// Skips a type without resolving it. Returns false if the bytes are malformed, for which <see cref="Read(ref WireReader, int)"/> gives the details.
    /// </summary>
    private static bool TrySkip(ref WireReader reader, int nesting)
    {
        if (nesting > MaxNesting)
        {
            return false;
        }

        switch ((TypeForm)reader.Byte())
        {
            case TypeForm.Definition or TypeForm.Shape:
                SkipDefinition(ref reader);
                return true;
            case TypeForm.Generic:
                SkipDefinition(ref reader);
                for (int left = reader.Count(); left > 0; left--)
                {
                    if (!TrySkip(ref reader, nesting + 1))
                    {
                        return false;
                    }
                }

                return true;
            case TypeForm.Grid:
                reader.Byte();
                return TrySkip(ref reader, nesting + 1);
            case TypeForm.Vector:
                return TrySkip(ref reader, nesting + 1);
            default:
                return false;
        }
    }

    private static void SkipDefinition(ref WireReader reader)
    {
        reader.Bytes();
        reader.Raw(ModuleBytes + sizeof(int));
    }

    private static void WriteDefinition(WireWriter writer, Type type)
    {
        if (type.Assembly.IsDynamic || type.IsPointer || type.IsByRef || type.IsFunctionPointer || type.IsGenericParameter)
        {
            throw new UnsendableException($"is a {TypeNames.Of(type)}, a type that the other process cannot find: declare it in an assembly of the app");
        }

        writer.String(s_names.Find(type.Assembly) ?? s_names.Add(type.Assembly, NameOf(type.Assembly)));
        type.Module.ModuleVersionId.TryWriteBytes(writer.Take(ModuleBytes));
        writer.Int32(type.MetadataToken);
    }

    private static Type Read(ref WireReader reader, int nesting)
    {
        if (nesting > MaxNesting)
        {
            throw new SerializationException($"Malformed value: a type nested deeper than {MaxNesting} levels.");
        }

        byte form = reader.Byte();
        try
        {
            switch ((TypeForm)form)
            {
                case TypeForm.Definition:
                    var definition = ReadDefinition(ref reader);
                    return definition.IsGenericTypeDefinition
                        ? throw new SerializationException($"Malformed value: {definition} came without its arguments.")
                        : definition;
                case TypeForm.Generic:
                    var shape = ReadDefinition(ref reader);
                    var arguments = new Type[reader.Count()];
                    for (int i = 0; i < arguments.Length; i++)
                    {
                        arguments[i] = Read(ref reader, nesting + 1);
                    }

                    return shape.MakeGenericType(arguments);
                case TypeForm.Shape when nesting == 0:
                    return ReadDefinition(ref reader);
                case TypeForm.Vector:
                    return Read(ref reader, nesting + 1).MakeArrayType();
                case TypeForm.Grid:
                    int rank = reader.Byte();
                    return Read(ref reader, nesting + 1).MakeArrayType(rank);
                default:
                    throw new SerializationException($"Malformed value: {form} is not a form of a type.");
            }
        }
        catch (Exception unfit) when (unfit is ArgumentException or InvalidOperationException or TypeLoadException or IndexOutOfRangeException
            or NotSupportedException)
        {
            throw new SerializationException($"Malformed value: a type that cannot be made ({unfit.Message}).", unfit);
        }
    }

    private static Type ReadDefinition(ref WireReader reader)
    {
        string name = reader.String();
        var module = new Guid(reader.Raw(ModuleBytes));
        int token = reader.Int32();
        var assembly = s_assemblies.Find(name) ?? Find(name);
        if (assembly is null)
        {
            throw new SerializationException($"The assembly '{name}' does not belong to this process: both sides must run the same app.");
        }

        if (assembly.ManifestModule.ModuleVersionId != module)
        {
            // Several load contexts of plug-ins may each have an assembly of this name.
            assembly = FindLoaded(name, module) ?? throw new SerializationException($"'{name}' is another build here: both sides must run the same app.");
        }

        // Tokens of other tables lead to other assemblies.
        return token >>> 24 == TypeDefinitions
            ? assembly.ManifestModule.ResolveType(token)
            : throw new SerializationException($"Malformed value: token {token:x} is no type of '{name}'.");
    }

    private static Assembly? FindLoaded(string name, Guid module) => Array.Find(
        AppDomain.CurrentDomain.GetAssemblies(), each => !each.IsDynamic && NameOf(each) == name && each.ManifestModule.ModuleVersionId == module);

    /// <summary>Loads an assembly of the app before the first of its types is named.</summary>
    public static void Prepare(string name) => _ = s_assemblies.Find(name) ?? Find(name);

    /// <summary>Finds an assembly that is loaded or belongs to the app; null for all others.</summary>
    public static Assembly? FindAssembly(AssemblyName name) => s_assemblies.Find(name.Name!) ?? Find(name.Name!);

    private static Assembly? Find(string name)
    {
        if (name == NameOf(typeof(TypeResolver).Assembly))
        {
            return s_assemblies.Add(name, typeof(TypeResolver).Assembly);
        }

        if (name.Length is > 0 and < 256 && name.AsSpan().IndexOfAny("/\\:;,") < 0 && BelongsToApp(name))
        {
            return s_assemblies.Add(name, Assembly.Load(new AssemblyName(name)));
        }

        foreach (var loaded in AppDomain.CurrentDomain.GetAssemblies())
        {
            if (!loaded.IsDynamic && NameOf(loaded) == name)
            {
                return s_assemblies.Add(name, loaded);
            }
        }

        return null;
    }

    /// <summary>Parses the full name: <see cref="Assembly.GetName()"/> creates a culture, which loads the globalization library.</summary>
    private static string NameOf(Assembly assembly) => assembly.FullName!.Split(',', 2)[0];

    /// <summary>Concatenated rather than interpolated: interpolation would initialize the array pool and its event source in every child.</summary>
    public static bool BelongsToApp(string name) =>
        AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") is string list
        && list.Contains(string.Concat(OperatingSystem.IsWindows() ? "\\" : "/", name, ".dll"), StringComparison.Ordinal);
}
