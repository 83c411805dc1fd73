using Multiproc.Processes.Warm;

namespace Multiproc.Processes.Leaving;

/// <summary>Runs the normal end of a process in Python's order: finalizers, daemons, other children, remaining finalizers.</summary>
internal static class Departure
{
    private static int s_prepared;
    private static volatile bool s_hasFinalizers;

    /// <summary>Registers the end of this process because it has children.</summary>
    public static void PrepareForChildren()
    {
        if (Interlocked.Exchange(ref s_prepared, 1) == 0)
        {
            AppDomain.CurrentDomain.ProcessExit += static (_, _) => Leave();
        }
    }

    /// <summary>Registers the end of this process because it has children or finalizers.</summary>
    public static void Prepare()
    {
        s_hasFinalizers = true;
        PrepareForChildren();
    }

    /// <summary>Registers the end of a child, whether it ends by a return or by Environment.Exit.</summary>
    public static void PrepareChild()
    {
        s_prepared = 1;
        AppDomain.CurrentDomain.ProcessExit += static (_, _) => LeaveChild();
    }

    /// <summary>Runs the end of this process. May be called again: nothing is done twice, but what was started meanwhile is ended too.</summary>
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

    /// <summary>Runs the end of a child, then flushes its streams.</summary>
    public static void LeaveChild()
    {
        Leave();
        if (ConsoleIsLoaded())
        {
            StandardStreams.Flush();
        }
    }

    /// <summary>Goes through the end once in a warm process, while it has nothing of the program to end.</summary>
    public static void Rehearse()
    {
        if (!s_hasFinalizers && Children.Current.Snapshot().Count == 0)
        {
            LeaveChild();
        }
    }

    /// <summary>Whether the console is loaded; a child that wrote nothing need not load it in order to flush it.</summary>
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
