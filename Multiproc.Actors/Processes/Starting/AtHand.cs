using System.Reflection;
using Multiproc.States;

namespace Multiproc.Processes;

/// <summary>
/// Loads what the end of a child will need before it ends. The runtime opens a file for each assembly that is used for the first time, and a pipe for each thread
/// that begins, and a program without a free descriptor cannot. What comes of that is an error in the middle of whatever ran, on a thread that nobody
/// watches: the program ends with "Out of memory.".
/// </summary>
internal static class AtHand
{
    private const int MostThreads = 4;

    /// <summary>A pool that is busy with the program's own work has the threads, and they have no time to meet.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private static int s_begun;

    /// <summary>Begins in the background, once, when the first child is on its way.</summary>
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

        // The first timer of a program begins the thread of all timers.
        using (new Timer(static _ => { }, null, TimeSpan.FromMinutes(1), Timeout.InfiniteTimeSpan))
        {
        }

        foreach (var name in typeof(AtHand).Assembly.GetReferencedAssemblies())
        {
            if (name.Name is "Akka")
            {
                // It comes with the first actor; a process that has none goes without.
                continue;
            }

            try
            {
                Assembly.Load(name);
            }
            catch (Exception missing) when (missing is IOException or BadImageFormatException or OutOfMemoryException)
            {
                // Not needed by this program, or no descriptor is free even now: whoever needs it says so.
            }
        }
    }

    /// <summary>
    /// Has the thread pool begin the threads that the end of a worker will want at once: one starts another process, others tell who waits for the first. The pool
    /// begins a thread only when those that it has are busy; so they keep each other busy until all are there. Idle ones stay for twenty seconds.
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
