using System.Reflection;

namespace Multiproc.Tests.Serialization.DotNet;

/// <summary>The public types of the framework that every app has.</summary>
internal static class SharedFramework
{
    private static readonly Lazy<Type[]> s_types = new(Load);

    public static IReadOnlyList<Type> Types => s_types.Value;

    private static Type[] Load()
    {
        string folder = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var all = new List<Type>();
        foreach (string file in Directory.GetFiles(folder, "*.dll").Order(StringComparer.Ordinal))
        {
            try
            {
                all.AddRange(Assembly.Load(AssemblyName.GetAssemblyName(file)).GetExportedTypes());
            }
            catch (BadImageFormatException)
            {
                continue; // A library of machine code.
            }
        }

        return [.. all.Distinct()];
    }
}
