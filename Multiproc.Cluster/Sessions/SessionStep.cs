namespace Multiproc.Cluster.Sessions;

/// <summary>What a step of a session is. The numbers are in the journal.</summary>
internal enum StepKind : byte
{
    /// <summary>A command of the object, in its wire form.</summary>
    Command = 0,

    /// <summary>The caller cancelled a call.</summary>
    Cancel = 1,

    /// <summary>The caller gave up a call because its timeout passed: it receives no reply.</summary>
    GiveUpLate = 2,

    /// <summary>The caller gave up a call because its token was cancelled: it receives no reply.</summary>
    GiveUpCancelled = 3,

    /// <summary>The process ended.</summary>
    ProcessGone = 4,
}

/// <summary>
/// One step of a session, in its order: a command of one of the node's processes, or what became of a process or of a call. <paramref name="Process"/> is the
/// number that the node gave the process, <paramref name="Call"/> the call's number there; 0 when no reply is wanted.
/// </summary>
internal readonly record struct SessionStep(StepKind Kind, int Process, long Call, ReadOnlyMemory<byte> Body);
