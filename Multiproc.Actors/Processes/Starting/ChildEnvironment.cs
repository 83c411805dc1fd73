using System.Collections;
using System.Globalization;

namespace Multiproc.Processes;

/// <summary>The environment that a child begins with: ours, what its options change, and the runtime's own settings for its limits.</summary>
internal static class ChildEnvironment
{
    // The runtime reads both as hexadecimal numbers.
    private const string HeapLimit = "DOTNET_GCHeapHardLimit";
    private const string HeapAddresses = "DOTNET_GCRegionRange";

    /// <summary>Lines of NAME=VALUE.</summary>
    public static List<string> Lines(ProcessOptions? options)
    {
        var changes = Changes(options);
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

    /// <summary>What differs from our own environment; a null value is taken away. Null: nothing differs.</summary>
    public static Dictionary<string, string?>? Changes(ProcessOptions? options)
    {
        if (options is null or { Environment: null, MemoryLimit: null, AddressSpaceLimit: null })
        {
            return null;
        }

        var changes = new Dictionary<string, string?>(options.Environment ?? new Dictionary<string, string?>());
        if (options.MemoryLimit is { } memory)
        {
            changes[HeapLimit] = Hex(memory);
        }

        // The collector reserves hundreds of gigabytes of addresses unless it is told to be content with less.
        if (options.AddressSpaceLimit is { } addresses)
        {
            changes[HeapAddresses] = Hex(addresses / 2);
        }

        return changes;
    }

    private static string Hex(long number) => number.ToString("x", CultureInfo.InvariantCulture);
}
