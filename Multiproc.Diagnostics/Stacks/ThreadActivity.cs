namespace Multiproc.Diagnostics.Stacks;

/// <summary>Says in words what a thread does, from the methods on its stack.</summary>
internal static class ThreadActivity
{
    private const string PublicNamespace = "Multiproc.";

    /// <summary>Threads of the library and of .NET that have no code of the program on them. The first that is on the stack decides.</summary>
    private static readonly (string Method, string Activity)[] s_own =
    [
        ("Multiproc.Processes.DebuggerWait", "waits for a debugger to be attached"),
        ("Multiproc.Processes.ChildHost.AwaitStart", "is a warm process: waits for work"),
        ("Multiproc.Pool.WorkerInbox", "is a worker of a pool: waits for tasks"),
        ("Multiproc.Pool.Worker", "is a worker of a pool: waits for tasks"),
        ("Multiproc.Transport.Reactor", "delivers messages of other processes"),
        ("Multiproc.Transport.Alarm", "keeps the time of deadlines"),
        ("System.Threading.LowLevelLifoSemaphore", "is an idle thread of the thread pool"),
        ("System.Threading.PortableThreadPool.WorkerThread", "is an idle thread of the thread pool"),
        ("System.Threading.PortableThreadPool.GateThread", "looks after the thread pool"),
        ("System.Threading.TimerQueue", "keeps the time of timers"),
        ("System.Net.Sockets.SocketAsyncEngine", "watches sockets"),
    ];

    /// <summary>Waits of .NET. The outermost that is on the stack decides: what the program called.</summary>
    private static readonly (string Method, string Activity)[] s_waits =
    [
        ("System.Threading.Monitor.Enter", "waits for a lock of this process (Monitor)"),
        ("System.Threading.Lock.", "waits for a lock of this process (Lock)"),
        ("System.Threading.Monitor.Wait", "waits to be notified (Monitor.Wait)"),
        ("System.Threading.Thread.Sleep", "sleeps"),
        ("System.Threading.Thread.Join", "waits for the end of a thread"),
        ("System.Threading.SemaphoreSlim", "waits for a SemaphoreSlim"),
        ("System.Threading.ManualResetEventSlim", "waits for a ManualResetEventSlim"),
        ("System.Threading.Tasks.Task.", "waits for a Task"),
        ("System.Threading.WaitHandle", "waits for a WaitHandle"),
        ("System.Diagnostics.Process.WaitForExit", "waits for the end of a process"),
        ("System.ConsolePal", "waits for the console"),
        ("System.IO.SyncTextReader", "waits for the console"),
        ("System.Net.Sockets", "waits for a socket"),
        ("System.IO.", "waits for a file or a pipe"),
    ];

    public static string Of(ThreadStack thread)
    {
        int ownCode = FirstIndex(thread.Frames, static each => !each.IsOfFramework && !each.IsOfLibrary);
        string place = ownCode >= 0 ? $", in {thread.Frames[ownCode].Method}" : "";
        if (thread.IsInManagedCode && thread.IsSleeping is not true)
        {
            return ownCode < 0 && Own(thread.Frames) is { } own ? own : $"runs{place}";
        }

        // What the program's code called last decides: below that it is a matter of the library.
        var above = ownCode < 0 ? thread.Frames : [.. thread.Frames.Take(ownCode)];
        if (Entry(above) is { } entry)
        {
            return ownCode < 0 && Own(above) is { } own ? own : $"waits in {entry}{place}";
        }

        if (ownCode < 0 && Own(above) is { } idle)
        {
            return idle;
        }

        return $"{Wait(above) ?? (thread.IsSleeping is false ? "runs native code" : "waits in native code")}{place}";
    }

    /// <summary>The member of Multiproc that was called: the outermost one that is public.</summary>
    private static string? Entry(IReadOnlyList<ManagedFrame> frames) => frames
        .Where(static each => each.IsOfLibrary && each.Method.StartsWith(PublicNamespace, StringComparison.Ordinal))
        .Select(static each => each.Method[PublicNamespace.Length..])
        .LastOrDefault(static each => each.Split(' ')[0].Count(static letter => letter == '.') == 1);

    private static string? Own(IReadOnlyList<ManagedFrame> frames) => First(frames, s_own);

    private static string? Wait(IReadOnlyList<ManagedFrame> frames) => First([.. frames.Reverse()], s_waits);

    private static string? First(IReadOnlyList<ManagedFrame> frames, (string Method, string Activity)[] known)
    {
        foreach (var frame in frames)
        {
            foreach (var (method, activity) in known)
            {
                if (frame.Method.StartsWith(method, StringComparison.Ordinal))
                {
                    return activity;
                }
            }
        }

        return null;
    }

    private static int FirstIndex(IReadOnlyList<ManagedFrame> frames, Func<ManagedFrame, bool> holds)
    {
        for (int i = 0; i < frames.Count; i++)
        {
            if (holds(frames[i]))
            {
                return i;
            }
        }

        return -1;
    }
}
