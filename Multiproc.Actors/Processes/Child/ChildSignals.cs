using System.Runtime.InteropServices;
using Multiproc.Processes.Linux;

namespace Multiproc.Processes;

/// <summary>
/// The signals of a child. Listening costs half a millisecond, so a child begins only when it must: when its target observes a token, or when it is asked
/// to end. Until then SIGTERM and SIGINT end it as they end any process.
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

    /// <summary>Sends a signal to this process, so that handlers of the user see it too.</summary>
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

    /// <summary>Ctrl-C at a terminal goes to every process of the program: servers and workers leave it to the program itself.</summary>
    public static void IgnoreInterrupts()
    {
        if (!OperatingSystem.IsWindows())
        {
            LibC.signal(ExitStatus.Interrupted, 1);
        }
    }

    private static void OnTerminate(PosixSignalContext signal, CurrentProcess current)
    {
        // The framework's signal thread must be free again for the next signal; and the exit waits for handlers.
        signal.Cancel = true;
        new Thread(current.OnTerminate) { IsBackground = true, Name = "multiproc termination" }.Start();
    }
}
