using System.Reflection;

namespace Tour;

/// <summary>Finds, lists and runs the parts of the tour.</summary>
internal static class Catalogue
{
    private const int UnknownPart = 2;

    private static readonly string[] s_groups = ["Processes", "Queues", "Synchronization", "Sharing", "Managers", "Pools", "Connections"];

    private static readonly Part[] s_parts = [.. Find().OrderBy(part =>
        Array.IndexOf(s_groups, part.Group)).ThenBy(part => part.Number).ThenBy(part => part.Name, StringComparer.Ordinal)];

    /// <returns>The exit code.</returns>
    public static int List()
    {
        foreach (var part in s_parts)
        {
            Console.WriteLine($"{part.Group,-16} {part.Name,-20} {part.Title}");
        }

        return 0;
    }

    /// <param name="name">The name of a part or a group; null for all.</param>
    /// <returns>The exit code.</returns>
    public static int Run(string? name)
    {
        var chosen = s_parts.Where(part => name is null || Same(name, part.Name) || Same(name, part.Group)).ToList();
        if (chosen.Count == 0)
        {
            Console.Error.WriteLine($"There is no part '{name}'. --list shows all parts.");
            return UnknownPart;
        }

        foreach (var part in chosen)
        {
            if (chosen.Count > 1)
            {
                Console.WriteLine($"== {part.Group}/{part.Name}: {part.Title}");
            }

            part.Run();
        }

        return 0;
    }

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<Part> Find() =>
        from type in typeof(Catalogue).Assembly.GetTypes()
        let mark = type.GetCustomAttribute<PartAttribute>()
        where mark is not null
        select new Part(type.Namespace!.Split('.')[^1], type.Name, mark.Number, mark.Title, type.GetMethod("Run", Type.EmptyTypes)!.CreateDelegate<Action>());

    private sealed record Part(string Group, string Name, int Number, string Title, Action Run);
}
