using System.Runtime.InteropServices;
using Multiproc.Processes.Linux;

namespace Multiproc.Processes;

/// <summary>
/// Handles SIGTERM and SIGINT in a child. Registering handlers costs half a millisecond, so a child does it only when it must: when its target observes a
/// token, or when it is asked to end. Until then the signals have their default effect.
/// </summary>
internal static class ChildSignals
{
    private static readonly Lock s_gate = new();
    private static PosixSignalRegistration[]? s_registrations;

    public static void Listen(CurrentProcess current)
    {
        lock (s_gate)
        {
            s_registrations ??=
            [
                PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => OnTerminate(signal, current)),
                PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => signal.Cancel |= current.OnInterrupt()),
            ];
        }
    }

    /// <summary>Sends a signal to this process, so that the program's own signal handlers run too.</summary>
    public static void Raise(int signal)
    {
        if (!OperatingSystem.IsWindows())
        {
            LibC.kill(Environment.ProcessId, signal);
        }
        else if (signal == ExitStatus.Terminated)
        {
            CurrentProcess.Instance.OnTerminate();
        }
        else if (!CurrentProcess.Instance.OnInterrupt())
        {
            Environment.Exit(128 + signal);
        }
    }

    /// <summary>Ignores SIGINT: Ctrl-C at a terminal goes to every process of the program, and servers and workers leave it to the main process.</summary>
    public static void IgnoreInterrupts()
    {
        if (!OperatingSystem.IsWindows())
        {
            LibC.signal(ExitStatus.Interrupted, 1);
        }
    }

    private static void OnTerminate(PosixSignalContext signal, CurrentProcess current)
    {
        // On another thread: the framework's signal thread must be free for the next signal, and the exit waits for signal handlers.
        signal.Cancel = true;
        new Thread(current.OnTerminate) { IsBackground = true, Name = "multiproc termination" }.Start();
    }
}
