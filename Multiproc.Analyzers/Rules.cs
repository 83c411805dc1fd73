using System.Reflection;
using Microsoft.CodeAnalysis;

namespace Multiproc.Analyzers;

/// <summary>What the analyzers report. An identifier never changes its meaning; docs/analyzers.md has a section for each.</summary>
internal static class Rules
{
    private const string Category = "Multiproc";
    private const string Page = "docs/analyzers.md";

    /// <summary>The page in the repository that this build is of; its path alone where the build does not know one.</summary>
    private static readonly string s_help = typeof(Rules).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .FirstOrDefault(static each => each.Key == "RepositoryUrl")?.Value is { Length: > 0 } url ? $"{url.TrimEnd('/')}/blob/main/{Page}" : Page;

    public static readonly DiagnosticDescriptor ChangedCopy = Rule(
        "MP001", "A copy is changed", "{0} gives a copy, so this change is lost: change the object where it is, with Update, or assign the changed copy back",
        DiagnosticSeverity.Warning);

    public static readonly DiagnosticDescriptor UnlockedUpdate = Rule(
        "MP002", "A shared value is read and written in two steps",
        "Another process may change {0} between this read and this write: {1}, or hold a lock of Multiproc meanwhile", DiagnosticSeverity.Warning);

    public static readonly DiagnosticDescriptor UnsendableCapture = Rule(
        "MP003", "A captured object cannot be sent", "This function is sent to another process, but {0} cannot be sent, since it {1}: {2}",
        DiagnosticSeverity.Warning);

    public static readonly DiagnosticDescriptor ForgottenHold = Rule(
        "MP004", "A hold is never disposed of", "{0} stays until what {1} returns is disposed of, which nobody does here: write 'using var'",
        DiagnosticSeverity.Warning);

    public static readonly DiagnosticDescriptor StaticField = Rule(
        "MP005", "A static field is not shared", "{0} is changed in the process that this function is sent to, not in this one: return the value, or use a "
        + "shared object", DiagnosticSeverity.Info);

    public static readonly DiagnosticDescriptor ChangedCapture = Rule(
        "MP006", "A captured variable is a copy", "{0}", DiagnosticSeverity.Info);

    public static readonly DiagnosticDescriptor AsyncVoid = Rule(
        "MP007", "An asynchronous function is given as an Action", "This function returns at its first await, and nobody waits for the rest: {0} refuses it. "
        + "Give a Func<Task> where there is such an overload, or wait inside", DiagnosticSeverity.Warning);

    private static DiagnosticDescriptor Rule(string id, string title, string message, DiagnosticSeverity severity) =>
        new(id, title, message, Category, severity, isEnabledByDefault: true, helpLinkUri: $"{s_help}#{id.ToLowerInvariant()}");
}
