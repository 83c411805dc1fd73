using System.Text.RegularExpressions;

namespace Multiproc.Diagnostics.Stacks;

/// <summary>Turns the runtime's names of methods into those of the source.</summary>
internal static partial class MethodName
{
    /// <summary>
    /// Reads a name such as <c>App.Program+&lt;Work&gt;d__3.MoveNext()</c>, which is <c>App.Program.Work (async)</c>, or
    /// <c>Program+&lt;&gt;c.&lt;Main&gt;b__0_0(int32)</c>, which is <c>Program.Main (lambda)</c>.
    /// </summary>
    public static string Readable(string fullName)
    {
        int parameters = ParametersOf(fullName);
        string name = parameters < 0 ? fullName : fullName[..parameters];
        string note = "";
        if (MoveNext().Match(name) is { Success: true } machine)
        {
            name = $"{machine.Groups["type"].Value}.{machine.Groups["method"].Value}";
            note = " (async)";
        }

        if (Local().Match(name) is { Success: true } local)
        {
            name = $"{Without(local.Groups["type"].Value)}.{local.Groups["method"].Value}.{local.Groups["local"].Value}";
        }
        else if (Lambda().Match(name) is { Success: true } lambda)
        {
            name = $"{Without(lambda.Groups["type"].Value)}.{lambda.Groups["method"].Value}";
            note = $" (lambda){note}";
        }

        return Arity().Replace(Without(name).Replace('+', '.').Replace("<Main>$", "Main", StringComparison.Ordinal), "") + note;
    }

    /// <summary>The place of the parameters: the last pair of parentheses that is not within a name.</summary>
    private static int ParametersOf(string name)
    {
        int depth = 0;
        for (int i = name.Length - 1; i >= 0; i--)
        {
            depth += name[i] == ')' ? 1 : name[i] == '(' ? -1 : 0;
            if (depth == 0 && name[i] == '(')
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Leaves the compiler's classes for captured variables out.</summary>
    private static string Without(string type) => Closure().Replace(type, "");

    [GeneratedRegex(
        @"^(?<type>.+?)(?:\+<>c(?:__DisplayClass[\d_]+)?(?:`\d+)?)?\+<(?<method>.+)>d(?:__\d+)?(?:`\d+)?(?:\[[^\]]*\])?\.MoveNext$",
        RegexOptions.NonBacktracking)]
    private static partial Regex MoveNext();

    [GeneratedRegex(@"^(?<type>.+)\.<(?<method>.+)>g__(?<local>\w+)\|[\d_]+$", RegexOptions.NonBacktracking)]
    private static partial Regex Local();

    [GeneratedRegex(@"^(?<type>.+)\.<(?<method>.+)>b__[\d_]+$", RegexOptions.NonBacktracking)]
    private static partial Regex Lambda();

    [GeneratedRegex(@"\+<>c(?:__DisplayClass[\d_]+)?(?:`\d+)?(?:\[[^\]]*\])?", RegexOptions.NonBacktracking)]
    private static partial Regex Closure();

    [GeneratedRegex(@"`\d+(?:\[[^\]]*\])?", RegexOptions.NonBacktracking)]
    private static partial Regex Arity();
}
