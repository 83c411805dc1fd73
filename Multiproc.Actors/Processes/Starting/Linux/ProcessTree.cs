namespace Multiproc.Processes.Linux;

/// <summary>
/// Kills a process and all its descendants, foreign programs included: a program started by a child does not use parent-death signals. Processes are first
/// stopped, so that they neither start nor reap others: no descendant is missed, and no pid is reused before it is killed.
/// </summary>
internal static class ProcessTree
{
    private const int SigStop = 19;
    private const int DeepestLevel = 64;

    /// <param name="pid">A child that has not been reaped.</param>
    /// <param name="leftovers">Receives the keys of the files that the runtimes of its descendants leave behind.</param>
    /// <returns>False if the signal could not be sent to the process itself; the system's error number says why.</returns>
    public static bool Kill(int pid, List<string> leftovers)
    {
        LibC.kill(pid, SigStop);
        KillBelow(pid, leftovers, DeepestLevel);
        return LibC.kill(pid, LibC.SigKill) == 0;
    }

    private static void KillBelow(int pid, List<string> leftovers, int levels)
    {
        foreach (int child in ChildrenOf(pid))
        {
            // An error means that it has ended meanwhile or belongs to another user, and nothing can be done about either.
            LibC.kill(child, SigStop);
            if (levels > 0)
            {
                KillBelow(child, leftovers, levels - 1);
            }

            string? key = RuntimeLeftovers.Key(child);
            if (LibC.kill(child, LibC.SigKill) == 0 && key is not null)
            {
                leftovers.Add(key);
            }
        }
    }

    private static List<int> ChildrenOf(int pid)
    {
        var children = new List<int>();
        try
        {
            foreach (string thread in Directory.EnumerateDirectories($"/proc/{pid}/task"))
            {
                AddChildren(File.ReadAllText($"{thread}/children"), children);
            }
        }
        catch (IOException)
        {
            // It has ended, or this kernel does not list children. Multiproc's own children then still get the parent-death signal.
        }

        return children;
    }

    private static void AddChildren(string list, List<int> children)
    {
        foreach (var part in list.AsSpan().Split(' '))
        {
            if (int.TryParse(list.AsSpan(part), out int child))
            {
                children.Add(child);
            }
        }
    }
}
