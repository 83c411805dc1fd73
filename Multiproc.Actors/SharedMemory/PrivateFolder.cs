using System.Runtime.Versioning;
using Multiproc.SharedMemory.Linux;

namespace Multiproc.SharedMemory;

/// <summary>A folder that is this user's alone: nobody else can enter it, and nobody else made it to read or replace what is put there.</summary>
internal static class PrivateFolder
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Makes a folder if it is not there. The folder around it must be there.</summary>
    /// <exception cref="MultiprocException">It cannot be made, is not a folder, or is not of this user alone.</exception>
    public static string Require(string path)
    {
        try
        {
            return Made(path);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new MultiprocException($"{path} cannot be made or used: {refused.Message.TrimEnd('.')}. Make it a folder of your own with mode 0700.", refused);
        }
    }

    /// <summary>As <see cref="Require"/>, and sees whether files can be made in it now.</summary>
    /// <exception cref="MultiprocException">Not for this user, or no file can be made there.</exception>
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

    /// <summary>Whether it is there already, and of this user alone.</summary>
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

        // Somebody else may have made it first.
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
