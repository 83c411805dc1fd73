using System.Collections;
using System.Globalization;

namespace Multiproc.Processes;

/// <summary>
/// Builds the environment of a child: this process's variables, the changes by its options, the runtime's settings for its limits, and the hook that takes a
/// child of a program that runs itself.
/// </summary>
internal static class ChildEnvironment
{
    // The runtime reads both values as hexadecimal numbers.
    private const string HeapLimit = "DOTNET_GCHeapHardLimit";
    private const string HeapAddresses = "DOTNET_GCRegionRange";

    /// <summary>Gets the environment as lines of NAME=VALUE.</summary>
    public static List<string> Lines(HostCommand command, ProcessOptions? options)
    {
        var changes = Changes(command, options);
        var lines = new List<string>();
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            if (changes is null || !changes.ContainsKey((string)variable.Key))
            {
                lines.Add($"{variable.Key}={variable.Value}");
            }
        }

        foreach (var (name, value) in changes ?? [])
        {
            if (value is not null)
            {
                lines.Add($"{name}={value}");
            }
        }

        return lines;
    }

    /// <summary>Gets the differences from this process's environment; a null value removes a variable. Null if there are none.</summary>
    public static Dictionary<string, string?>? Changes(HostCommand command, ProcessOptions? options)
    {
        bool namesDumps = CrashDumps.NeedName(options?.Environment);
        if (!command.NeedsHook && !namesDumps && options is null or { Environment: null, MemoryLimit: null, AddressSpaceLimit: null })
        {
            return null;
        }

        var changes = new Dictionary<string, string?>(options?.Environment ?? new Dictionary<string, string?>());
        if (options?.MemoryLimit is { } memory)
        {
            changes[HeapLimit] = Hex(memory);
        }

        // The garbage collector reserves hundreds of gigabytes of addresses unless it is limited.
        if (options?.AddressSpaceLimit is { } addresses)
        {
            changes[HeapAddresses] = Hex(addresses / 2);
        }

        if (namesDumps)
        {
            changes[CrashDumps.NameVariable] = CrashDumps.NameIn(options?.Environment);
        }

        if (command.NeedsHook)
        {
            changes[StartupHooks.Variable] = StartupHooks.With(
                changes.TryGetValue(StartupHooks.Variable, out string? chosen) ? chosen : Environment.GetEnvironmentVariable(StartupHooks.Variable));
        }

        return changes;
    }

    private static string Hex(long number) => number.ToString("x", CultureInfo.InvariantCulture);
}
