namespace Multiproc.Torture.Faults;

/// <summary>Specifies what befalls a process.</summary>
internal enum FaultKind
{
    /// <summary>SIGKILL.</summary>
    Kill,

    /// <summary>SIGSTOP, and SIGCONT after a while.</summary>
    Stop,

    /// <summary>A write to address zero in native code, inside the process.</summary>
    Segfault,

    /// <summary>The process allocates until its limit is reached, and dies a moment later.</summary>
    Memory,
}
