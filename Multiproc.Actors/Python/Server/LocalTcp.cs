using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Multiproc.Python.Server;

/// <summary>Finds the process that has one end of a TCP connection on this machine, by the tables that Linux shows in /proc.</summary>
internal static class LocalTcp
{
    private const int InodeField = 9;

    /// <param name="end">The end whose process is sought.</param>
    /// <param name="other">The other end.</param>
    /// <param name="known">Processes to look at first.</param>
    /// <returns>0 when no process of this user has it.</returns>
    public static int ProcessOf(IPEndPoint end, IPEndPoint other, IEnumerable<int> known)
    {
        try
        {
            if (InodeOf(end, other) is not { } inode)
            {
                return 0;
            }

            string wanted = $"socket:[{inode}]";
            var tried = known.ToHashSet();
            int one = tried.FirstOrDefault(pid => Has(pid, wanted));
            return one != 0 ? one : All().FirstOrDefault(pid => !tried.Contains(pid) && Has(pid, wanted));
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    private static string? InodeOf(IPEndPoint end, IPEndPoint other)
    {
        string table = end.AddressFamily == AddressFamily.InterNetworkV6 ? "/proc/net/tcp6" : "/proc/net/tcp";
        if (!File.Exists(table))
        {
            return null;
        }

        string ends = $": {Hex(end)} {Hex(other)} ";
        string? line = File.ReadLines(table).FirstOrDefault(line => line.Contains(ends, StringComparison.Ordinal));
        return line?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is { Length: > InodeField } fields ? fields[InodeField] : null;
    }

    /// <summary>The kernel writes an address as words in the order of the machine.</summary>
    private static string Hex(IPEndPoint end)
    {
        byte[] bytes = end.Address.GetAddressBytes();
        var words = Enumerable.Range(0, bytes.Length / 4).Select(i => BitConverter.ToUInt32(bytes, i * 4).ToString("X8", CultureInfo.InvariantCulture));
        return $"{string.Concat(words)}:{end.Port:X4}";
    }

    private static IEnumerable<int> All() => Directory.EnumerateDirectories("/proc")
        .Select(static folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) ? pid : 0)
        .Where(static pid => pid != 0);

    private static bool Has(int pid, string socket)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd").Any(descriptor => IsLinkTo(descriptor, socket));
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool IsLinkTo(string descriptor, string socket)
    {
        try
        {
            return new FileInfo(descriptor).LinkTarget == socket;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
