using Multiproc.Processes.Warm;

namespace Multiproc.Processes.Leaving;

/// <summary>The normal end of a process, in Python's order: finalizers, daemons, other children, the rest of the finalizers.</summary>
internal static class Departure
{
    private static int s_prepared;
    private static volatile bool s_hasFinalizers;

    /// <summary>Sees to it that the end of this process goes by here; for children alone.</summary>
    public static void PrepareForChildren()
    {
        if (Interlocked.Exchange(ref s_prepared, 1) == 0)
        {
            AppDomain.CurrentDomain.ProcessExit += static (_, _) => Leave();
        }
    }

    /// <summary>The same, for finalizers too.</summary>
    public static void Prepare()
    {
        s_hasFinalizers = true;
        PrepareForChildren();
    }

    /// <summary>The same for a child, however it comes to its end: by a return or by Environment.Exit.</summary>
    public static void PrepareChild()
    {
        s_prepared = 1;
        AppDomain.CurrentDomain.ProcessExit += static (_, _) => LeaveChild();
    }

    /// <summary>May be called again: what has been done is not done twice, what was begun meanwhile is.</summary>
    public static void Leave()
    {
        if (s_hasFinalizers)
        {
            Finalizers.Current.RunFrom(0);
        }

        Children.Current.Leave();
        WarmHosts.EndIfUsed();
        if (s_hasFinalizers)
        {
            Finalizers.Current.RunFrom(int.MinValue);
        }
    }

    /// <summary>The end of a child, which is left with nothing in the buffers of its streams.</summary>
    public static void LeaveChild()
    {
        Leave();
        if (ConsoleIsLoaded())
        {
            StandardStreams.Flush();
        }
    }

    /// <summary>Goes through the end once, while nothing of the program is there that could end.</summary>
    public static void Rehearse()
    {
        if (!s_hasFinalizers && Children.Current.Snapshot().Count == 0)
        {
            LeaveChild();
        }
    }

    /// <summary>A child that wrote nothing need not load the console in order to flush it.</summary>
    private static bool ConsoleIsLoaded()
    {
        foreach (var assembly in AppDomain.CurrentDomain.GetAssemblies())
        {
            if (assembly.FullName?.StartsWith("System.Console,", StringComparison.Ordinal) == true)
            {
                return true;
            }
        }

        return false;
    }
}
