using System.Text;

namespace Multiproc.Python.Types;

/// <summary>Names of members in the two languages: <c>UnitPrice</c> here is <c>unit_price</c> there.</summary>
internal static class MemberNames
{
    /// <summary>Words that no name in Python can be.</summary>
    private static readonly HashSet<string> s_keywords = new(StringComparer.Ordinal)
    {
        "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else", "except", "finally",
        "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
    };

    /// <summary>Takes names for one that differ only in case and underscores.</summary>
    public static IEqualityComparer<string> Comparer { get; } = new Loose();

    /// <summary>The name in Python's style: TaskDone is task_done, GetURL is get_url.</summary>
    public static string InPython(string name)
    {
        var text = new StringBuilder();
        for (int i = 0; i < name.Length; i++)
        {
            bool endsCapitals = i + 1 < name.Length && char.IsLower(name[i + 1]);
            bool begins = i > 0 && name[i - 1] != '_' && char.IsUpper(name[i]) && (!char.IsUpper(name[i - 1]) || endsCapitals);
            text.Append(begins ? "_" : "").Append(char.ToLowerInvariant(name[i]));
        }

        return Usable(text.ToString());
    }

    /// <summary>The name itself, or with an underscore behind it when it is a keyword of Python.</summary>
    public static string Usable(string name) => s_keywords.Contains(name) ? $"{name}_" : name;

    private sealed class Loose : IEqualityComparer<string>
    {
        public bool Equals(string? x, string? y) => string.Equals(Plain(x), Plain(y), StringComparison.OrdinalIgnoreCase);

        public int GetHashCode(string obj) => StringComparer.OrdinalIgnoreCase.GetHashCode(Plain(obj)!);

        private static string? Plain(string? name) => name?.Replace("_", "", StringComparison.Ordinal);
    }
}
