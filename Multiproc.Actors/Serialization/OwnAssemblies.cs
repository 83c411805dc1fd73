using System.Reflection;
using System.Runtime.Loader;

namespace Multiproc.Serialization;

/// <summary>
/// Checks which assemblies a new process of this app has. It does not have those that were loaded from elsewhere, such as plug-ins: a child that began with
/// their code would die with an error that nobody sees.
/// </summary>
internal static class OwnAssemblies
{
    private const string None = "";

    private static readonly SnapshotTable<Assembly, string> s_faults = new();

    /// <exception cref="UnsendableException">A new process would not find the type, or one of its type arguments.</exception>
    public static void Require(Type type)
    {
        if (type.HasElementType)
        {
            Require(type.GetElementType()!);
            return;
        }

        foreach (var argument in type.GenericTypeArguments)
        {
            Require(argument);
        }

        if ((s_faults.Find(type.Assembly) ?? s_faults.Add(type.Assembly, FaultOf(type.Assembly))) is { Length: > 0 } fault)
        {
            throw new UnsendableException($"is or needs a {TypeNames.Of(type)}, whose {fault}");
        }
    }

    private static string FaultOf(Assembly assembly)
    {
        if (assembly.IsDynamic || assembly == typeof(OwnAssemblies).Assembly)
        {
            return None;
        }

        string name = assembly.GetName().Name!;
        var context = AssemblyLoadContext.GetLoadContext(assembly);
        string? from = context != AssemblyLoadContext.Default ? $"was loaded by {Named(context)}"
            : TypeResolver.BelongsToApp(name) || IsBundled(assembly) ? null
            : "was loaded from a file that does not belong to the app";
        return from is null
            ? None
            : $"assembly {name} {from}: a new process has only the assemblies of the app. Reference it from the app; or start a method of the app that "
                + "loads it there "
            + "(AssemblyLoadContext.Default.LoadFromAssemblyPath) and calls it by an interface of the app";
    }

    private static string Named(AssemblyLoadContext? context) =>
        context?.Name is { Length: > 0 } name ? $"the load context '{name}'" : "a load context of its own";

    [System.Diagnostics.CodeAnalysis.UnconditionalSuppressMessage(
        "SingleFile", "IL3000", Justification = "That a bundled assembly has no place is what is asked.")]
    private static bool IsBundled(Assembly assembly) => assembly.Location.Length == 0;
}
