using Multiproc.SharedMemory.Linux;

namespace Multiproc.Processes;

/// <summary>
/// The working folder of this process. If it is gone or not accessible, it has no path that a child could enter, and a child inherits it instead.
/// </summary>
internal static class WorkingFolder
{
    /// <summary>Tells a child to keep the working folder that it inherited.</summary>
    public const string Inherited = "";

    /// <summary>Gets the folder's path, or <see cref="Inherited"/> if it cannot be entered by its path.</summary>
    public static string Current
    {
        get
        {
            try
            {
                string path = Environment.CurrentDirectory;
                return MayEnter(path) ? path : Inherited;
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                return Inherited;
            }
        }
    }

    /// <summary>Whether a process of this user may enter the folder.</summary>
    public static bool MayEnter(string path) =>
        OperatingSystem.IsWindows() ? Directory.Exists(path) : Directory.Exists(path) && FileCalls.May(path, FileCalls.MayEnter);

    /// <summary>Enters a folder, unless it is already the working folder.</summary>
    /// <exception cref="IOException">The folder cannot be entered.</exception>
    public static void Enter(string path)
    {
        if (path != Inherited && !IsHere(path))
        {
            Environment.CurrentDirectory = path;
        }
    }

    /// <summary>Only compares paths, since it is part of the boot of each child.</summary>
    private static bool IsHere(string path)
    {
        try
        {
            return Environment.CurrentDirectory == path;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
