using System.Reflection;

namespace Multiproc.Processes;

/// <summary>
/// Loads in advance what this process will need when a child ends. The runtime opens a file for each assembly that is first used and a pipe for each new
/// thread, which fails in a program that has no free descriptor. The error would come in the middle of other code, on a thread without a handler, and end the
/// program with "Out of memory.".
/// </summary>
internal static class AtHand
{
    private const int MostThreads = 4;

    /// <summary>A pool that is busy with the program's own work has the threads, and they have no time to meet.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private static int s_begun;

    /// <summary>Starts the loading in the background, once, while the first child starts.</summary>
    public static void Prepare()
    {
        if (Interlocked.Exchange(ref s_begun, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static _ => LoadAll(), null);
        }
    }

    private static void LoadAll()
    {
        BeginThreads();

        // The first timer of a program starts the thread of all timers.
        using (new Timer(static _ => { }, null, TimeSpan.FromMinutes(1), Timeout.InfiniteTimeSpan))
        {
        }

        foreach (var name in typeof(AtHand).Assembly.GetReferencedAssemblies())
        {
            if (name.Name is "Akka")
            {
                // Loaded by the first actor; a process without actors does not need it.
                continue;
            }

            try
            {
                Assembly.Load(name);
            }
            catch (Exception missing) when (missing is IOException or BadImageFormatException or OutOfMemoryException)
            {
                // This program does not have it, or no descriptor is free even now; the code that needs it will report that.
            }
        }
    }

    /// <summary>
    /// Has the thread pool begin the threads that the end of a worker will want at once: one starts another process, others tell who waits for the first. The
    /// pool begins a thread only when those that it has are busy; so they keep each other busy until all are there. Idle ones stay for twenty seconds.
    /// </summary>
    private static void BeginThreads()
    {
        ThreadPool.GetMinThreads(out int threads, out _);
        var begun = new CountdownEvent(Math.Min(threads, MostThreads));
        for (int i = 0; i < begun.InitialCount; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static all => ((CountdownEvent)all!).SignalAndWait(s_patience), begun);
        }
    }

    private static void SignalAndWait(this CountdownEvent all, TimeSpan patience)
    {
        all.Signal();
        all.Wait(patience);
    }
}
