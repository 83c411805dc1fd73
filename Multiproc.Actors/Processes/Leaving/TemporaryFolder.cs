using Multiproc.SharedMemory;

namespace Multiproc.Processes.Leaving;

/// <summary>A folder of this process's own, which is gone when the process is: by its end, or by the next program of the user when it was killed.</summary>
internal static class TemporaryFolder
{
    /// <summary>After everything else that anybody thought of.</summary>
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
