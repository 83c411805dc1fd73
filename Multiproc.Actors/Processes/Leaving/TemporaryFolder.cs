using Multiproc.SharedMemory;

namespace Multiproc.Processes.Leaving;

/// <summary>
/// Manages the temporary folder of this process, which is removed when the process ends or, if it was killed, by the next program of the user.
/// </summary>
internal static class TemporaryFolder
{
    /// <summary>Runs after all other finalizers, those of the program included.</summary>
    private const int LastOfAll = -100;

    private static readonly Retried<string> s_path = new(Make);

    public static string Path => s_path.Value;

    private static string Make()
    {
        string path = RuntimeFolder.NewFile(".tmp");
        PrivateFolder.Require(path);
        _ = new Finalizer(() => Directory.Delete(path, recursive: true), LastOfAll);
        return path;
    }
}
