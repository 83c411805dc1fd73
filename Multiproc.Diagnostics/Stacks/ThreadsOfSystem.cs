namespace Multiproc.Diagnostics.Stacks;

/// <summary>What Linux knows of threads; on other systems nothing.</summary>
internal static class ThreadsOfSystem
{
    private const string Unnamed = "dotnet";

    /// <summary>The name that the program, .NET or the library has given it; null if none did.</summary>
    public static string? NameOf(int pid, int thread) => Read(pid, thread, "comm")?.TrimEnd('\n') is { Length: > 0 } name && name != Unnamed ? name : null;

    /// <summary>Whether it waits for something; null if that is not known.</summary>
    public static bool? IsSleeping(int pid, int thread)
    {
        string? stat = Read(pid, thread, "stat");
        int end = stat?.LastIndexOf(')') ?? -1;
        return end < 0 || end + 2 >= stat!.Length ? null : stat[end + 2] is 'S' or 'D';
    }

    private static string? Read(int pid, int thread, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/task/{thread}/{file}");
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
