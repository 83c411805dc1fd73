namespace Multiproc.Processes;

/// <summary>
/// The file names of the dumps that the runtime writes when a process crashes, where that is switched on: that of a child has its name, unless the program
/// chose another one. The runtime puts the name of the process in place of %e, which <see cref="NativeName"/> has set.
/// </summary>
internal static class CrashDumps
{
    public const string NameVariable = "DOTNET_DbgMiniDumpName";

    private const string Switch = "DOTNET_DbgEnableMiniDump";
    private const string On = "1";
    private const string TemporaryFolder = "TMPDIR";

    /// <summary>The name in the temporary folder of the child.</summary>
    /// <param name="changes">The differences between its environment and that of this process; null for none.</param>
    public static string NameIn(IReadOnlyDictionary<string, string?>? changes) =>
        Path.Combine(Get(TemporaryFolder, changes) is { Length: > 0 } folder ? folder : "/tmp", "coredump.%e.%p");

    /// <summary>Whether dumps are switched on for a child and it would write them without its name.</summary>
    /// <param name="changes">The differences between its environment and that of this process; null for none.</param>
    public static bool NeedName(IReadOnlyDictionary<string, string?>? changes) =>
        OperatingSystem.IsLinux() && Get(Switch, changes) == On && string.IsNullOrEmpty(Get(NameVariable, changes));

    private static string? Get(string name, IReadOnlyDictionary<string, string?>? changes) =>
        changes is not null && changes.TryGetValue(name, out string? changed) ? changed : Environment.GetEnvironmentVariable(name);
}
