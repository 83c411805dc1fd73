using System.Collections.Frozen;

namespace Multiproc.Serialization.Pickle;

/// <summary>
/// The closed list of globals that a pickle may name. A received name is looked up only here: no type is loaded, no member
/// found, and no user code run.
/// </summary>
internal static class PickleGlobals
{
    private static readonly FrozenDictionary<(string Module, string Name), PickleGlobal> s_all = All()
        .ToFrozenDictionary(each => (each.Module, each.Name));

    public static PickleGlobal? TryFind(string module, string name) => s_all.GetValueOrDefault((Today(module), name));

    /// <exception cref="SerializationException">The name is not on the list.</exception>
    public static PickleGlobal Find(string module, string name)
    {
        if (!s_all.TryGetValue((Today(module), name), out var known))
        {
            throw new SerializationException(
                $"Pickle refused: it names {Shown(module)}.{Shown(name)}. Only plain values, dates and builtin exceptions are accepted; nothing that a "
                    + "pickle names is imported or run.");
        }

        return known;
    }

    private static IEnumerable<PickleGlobal> All() => [.. CollectionGlobals.All, .. DateGlobals.All, .. ExceptionNames.Globals];

    /// <summary>Protocols 0 to 2 carry the names of Python 2.</summary>
    private static string Today(string module) => module switch
    {
        "__builtin__" or "exceptions" => "builtins",
        "Queue" => "queue",
        "multiprocessing" => "multiprocessing.context",
        _ => module,
    };

    private static string Shown(string name) => name.Length <= 100 ? name : $"{name.AsSpan(0, 100)}…";
}
