namespace Multiproc.Tests.Support;

/// <summary>What the threads of a process are doing, as far as the kernel says: for the message of a test that waited for it in vain.</summary>
internal static class ProcessStory
{
    public static string Of(int pid)
    {
        try
        {
            return $"process {pid}:\n" + string.Join('\n', Directory.EnumerateDirectories($"/proc/{pid}/task").Select(static thread =>
                $"  {Read(thread, "comm")}: {State(thread)}, in {Read(thread, "wchan")}, {Read(thread, "syscall")}"));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return $"process {pid} cannot be looked at: {unreadable.Message}";
        }
    }

    private static string Read(string thread, string file) => File.ReadAllText(Path.Combine(thread, file)).Trim();

    private static string State(string thread) => File.ReadLines($"{thread}/status").First(static line => line.StartsWith("State:", StringComparison.Ordinal));
}
