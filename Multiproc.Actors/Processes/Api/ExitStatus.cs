namespace Multiproc.Processes;

/// <summary>Holds how a process ended, by Python's convention: the exit code, or -N if signal N ended it.</summary>
internal readonly record struct ExitStatus(int Code)
{
    public const int Interrupted = 2;
    public const int Killed = 9;
    public const int Terminated = 15;

    private static readonly string?[] s_signals =
    [
        null, "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL", "SIGUSR1", "SIGSEGV",
        "SIGUSR2", "SIGPIPE", "SIGALRM", "SIGTERM",
    ];

    public int? Signal => Code < 0 ? -Code : null;

    /// <summary>Whether the end was requested: by the signals of Ctrl-C, kill and kill -9.</summary>
    public bool IsByRequest => Signal is Interrupted or Killed or Terminated;

    /// <summary>Decodes the status word of wait(2): the low seven bits are the signal, the next byte the exit code.</summary>
    public static ExitStatus FromWaitStatus(int status)
    {
        int signal = status & 0x7F;
        return new ExitStatus(signal == 0 ? (status >> 8) & 0xFF : -signal);
    }

    public override string ToString() => Signal is { } signal
        ? $"signal {signal}{(signal < s_signals.Length ? $" ({s_signals[signal]})" : "")}"
        : $"exit code {Code}";
}
