namespace Multiproc.SharedMemory;

/// <summary>Starts the threads of this library, which the system may deny.</summary>
internal static class OwnThread
{
    /// <summary>Starts a background thread.</summary>
    /// <exception cref="MultiprocException">The system allows this process no more threads.</exception>
    public static void Start(ThreadStart body, string name, int stackBytes = 0) => Start(new Thread(body, stackBytes) { IsBackground = true, Name = name });

    /// <summary>Starts a given thread.</summary>
    /// <exception cref="MultiprocException">The system allows this process no more threads.</exception>
    public static void Start(Thread thread)
    {
        try
        {
            thread.Start();
        }
        catch (Exception refused) when (refused is OutOfMemoryException or ThreadStartException)
        {
            throw new MultiprocException(
                $"The thread '{thread.Name}' could not be started: the system gives this process no more threads, no memory for their stacks, or no "
                    + "descriptors, "
                + "of which the runtime needs two for a moment. Raise the limit on processes and threads (ulimit -u, the pids limit of the container), on "
                    + "memory (ulimit -v) or on open files (ulimit -n).",
                refused);
        }
    }
}
