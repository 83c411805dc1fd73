using System.Diagnostics;

namespace Multiproc.Processes;

/// <summary>Holds a child before its first code of the program until a debugger is attached (<see cref="ProcessOptions.WaitForDebugger"/>).</summary>
internal static class DebuggerWait
{
    /// <summary>The runtime tells nobody that a debugger has come: it must be asked.</summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits in this process. Requests to end the process end it meanwhile, as does the end of its parent.</summary>
    public static void Run(string name)
    {
        if (!Debugger.IsAttached)
        {
            StandardStreams.Complain(Text(name, Environment.ProcessId));
            Until(static () => Debugger.IsAttached);
        }
    }

    /// <summary>What the process says.</summary>
    public static string Text(string name, int pid) =>
        $"Process {name} (pid {pid}) waits for a debugger before it runs any code of the program. Attach one to process {pid}: in Visual Studio by Debug > "
            + "Attach to Process, in VS Code by a configuration with \"type\": \"coreclr\", \"request\": \"attach\", in Rider by Run > Attach to Process.";

    /// <summary>Returns when the question is answered by true.</summary>
    public static void Until(Func<bool> isAttached)
    {
        using var never = new ManualResetEventSlim();
        while (!isAttached())
        {
            never.Wait(s_pause);
        }
    }
}
