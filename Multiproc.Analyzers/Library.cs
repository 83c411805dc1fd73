using Microsoft.CodeAnalysis;

namespace Multiproc.Analyzers;

/// <summary>Tells symbols of the library from others.</summary>
internal static class Library
{
    private static readonly string[] s_assemblies = ["Multiproc.Actors", "Multiproc.Cluster", "Multiproc.Hosting", "Multiproc.TestKit"];

    public static bool IsOurs(ISymbol? symbol) =>
        symbol is { ContainingAssembly.Name: var assembly } && Array.IndexOf(s_assemblies, assembly) >= 0;

    /// <summary>Whether a type is one of the library's, by its name without type parameters.</summary>
    public static bool Is(ITypeSymbol? type, params string[] names) => IsOurs(type) && Array.IndexOf(names, type!.Name) >= 0;

    /// <summary>Whether a type is, or derives from, one of the library's.</summary>
    public static bool IsA(ITypeSymbol? type, params string[] names)
    {
        for (var each = type; each is not null; each = each.BaseType)
        {
            if (Is(each, names))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What an awaited expression gives: the argument of a task.</summary>
    public static ITypeSymbol? Awaited(ITypeSymbol? type) =>
        type is INamedTypeSymbol { Name: "ValueTask" or "Task", TypeArguments: { Length: 1 } arguments } ? arguments[0] : type;
}
