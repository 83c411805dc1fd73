using System.Runtime.Versioning;
using Multiproc.SharedMemory.Linux;

namespace Multiproc.SharedMemory;

/// <summary>Checks that a folder is private to this user: no other user can enter it, and none created it in order to read or replace its files.</summary>
internal static class PrivateFolder
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Creates a folder if it does not exist. Its parent folder must exist.</summary>
    /// <exception cref="MultiprocException">It cannot be created, is not a folder, or is not private to this user.</exception>
    public static string Require(string path)
    {
        try
        {
            return Made(path);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new MultiprocException(
                $"{path} cannot be made or used: {refused.Message.TrimEnd('.')}. Make it a folder of your own with mode 0700.", refused);
        }
    }

    /// <summary>Creates a folder if it does not exist, as <see cref="Require"/> does, and checks that files can be created in it.</summary>
    /// <exception cref="MultiprocException">The folder is not private to this user, or no file can be created in it.</exception>
    public static string RequireWritable(string path)
    {
        Require(path);
        string probe = Path.Combine(path, $".probe-{Environment.ProcessId}-{Guid.NewGuid():N}");
        try
        {
            File.Create(probe, 1).Dispose();
            File.Delete(probe);
            return path;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            string reason = SystemError.IsOutOfDescriptors(refused.HResult) ? SystemError.Text(refused.HResult) : refused.Message.TrimEnd('.');
            throw new MultiprocException($"No file can be made in {path}: {reason}.", refused);
        }
    }

    /// <summary>Whether the folder exists and is private to this user.</summary>
    public static bool IsThere(string path)
    {
        try
        {
            return Directory.Exists(path) && (OperatingSystem.IsWindows() || Fault(path) is null);
        }
        catch (Exception vanished) when (vanished is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string Made(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return Directory.CreateDirectory(path).FullName;
        }

        if (!Directory.Exists(Path.GetDirectoryName(path)))
        {
            throw new DirectoryNotFoundException($"there is no folder {Path.GetDirectoryName(path)}");
        }

        // Another process may have created it first.
        Directory.CreateDirectory(path, Mode);
        return Fault(path) is { } fault ? throw new MultiprocException($"{path} {fault} Remove it, or set XDG_RUNTIME_DIR to a private folder.") : path;
    }

    [UnsupportedOSPlatform("windows")]
    private static string? Fault(string path)
    {
        if (new FileInfo(path).LinkTarget is { } target)
        {
            return $"is a link to {target}, where others may have led it.";
        }

        var mode = File.GetUnixFileMode(path);
        if ((mode & ~Mode) != UnixFileMode.None)
        {
            return $"may be entered by others (mode {mode}).";
        }

        return OperatingSystem.IsLinux() && FileCalls.OwnerOf(path) is { } owner && owner != FileCalls.geteuid()
            ? $"belongs to user {owner}, not to user {FileCalls.geteuid()} of this process."
            : null;
    }
}
