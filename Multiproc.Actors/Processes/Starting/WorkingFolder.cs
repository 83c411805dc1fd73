using Multiproc.SharedMemory.Linux;

namespace Multiproc.Processes;

/// <summary>Where this process works. The folder may be gone or closed to it: then it has no name that a child could go to, and a child inherits it as it is.</summary>
internal static class WorkingFolder
{
    /// <summary>What a child is told when it is to stay where it begins.</summary>
    public const string Inherited = "";

    /// <summary>The folder's path, or <see cref="Inherited"/> when nobody can come to it by that.</summary>
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

    /// <summary>Whether a process of this user can work there.</summary>
    public static bool MayEnter(string path) =>
        OperatingSystem.IsWindows() ? Directory.Exists(path) : Directory.Exists(path) && FileCalls.May(path, FileCalls.MayEnter);

    /// <summary>Goes there, unless this process is there already.</summary>
    /// <exception cref="IOException">It cannot be entered.</exception>
    public static void Enter(string path)
    {
        if (path != Inherited && !IsHere(path))
        {
            Environment.CurrentDirectory = path;
        }
    }

    /// <summary>Nothing more than a comparison: it is part of the boot of each child.</summary>
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
