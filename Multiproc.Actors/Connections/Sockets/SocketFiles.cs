namespace Multiproc.Connections;

/// <summary>The files of listeners at Unix sockets. Files that Close did not remove are removed when the process exits normally.</summary>
internal static class SocketFiles
{
    private static readonly Lock s_gate = new();
    private static readonly HashSet<string> s_files = [];
    private static bool s_hooked;

    public static void Add(string path)
    {
        lock (s_gate)
        {
            s_files.Add(path);
            if (!s_hooked)
            {
                s_hooked = true;
                AppDomain.CurrentDomain.ProcessExit += (_, _) => RemoveAll();
            }
        }
    }

    public static void Remove(string path)
    {
        lock (s_gate)
        {
            if (s_files.Remove(path))
            {
                File.Delete(path);
            }
        }
    }

    private static void RemoveAll()
    {
        lock (s_gate)
        {
            foreach (string path in s_files)
            {
                File.Delete(path);
            }

            s_files.Clear();
        }
    }
}
