namespace Multiproc.Processes.Linux;

/// <summary>
/// Kills a process with all that descends from it, also what is not ours: a program that the child started knows nothing of parent-death signals. A process
/// that is stopped starts nothing and reaps nobody, so none is missed and no pid is somebody else's by the time it is killed.
/// </summary>
internal static class ProcessTree
{
    private const int SigStop = 19;
    private const int DeepestLevel = 64;

    /// <param name="pid">A child that has not been reaped.</param>
    /// <param name="leftovers">Gets the keys of the files that the runtimes of its descendants leave.</param>
    /// <returns>False when the process itself could not be sent the signal; the system's error number says why.</returns>
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
            // Its errors say that it has ended meanwhile, or that it runs for somebody else: neither is in our hands.
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
            // It has ended, or this kernel does not tell: then the parent-death signal has to do, which our own children have.
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
