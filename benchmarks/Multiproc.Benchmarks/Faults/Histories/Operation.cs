namespace Multiproc.Benchmarks.Faults.Histories;

/// <summary>What a client did.</summary>
internal enum OperationKind
{
    Put,
    Get,
    Acquire,
    Release,
    SetKey,
    GetKey,
    AddToKey,
    CompareAndSetKey,

    /// <summary>Adds an item to a set, or removes it, or looks for it: the result is whether that changed something, or whether it was there.</summary>
    AddItem,
    RemoveItem,
    HasItem,

    /// <summary>Asks for the token of a held lock; the argument is the fence.</summary>
    Watch,

    /// <summary>The token has fired.</summary>
    Lose,
}

/// <summary>What became of an operation.</summary>
internal enum OperationStatus
{
    /// <summary>It was done, or not: its client was killed, or told that the outcome is unknown. It may still be done later.</summary>
    Unknown,

    /// <summary>It was done, and gave a result.</summary>
    Done,

    /// <summary>It was done and found nothing: an empty queue, a key that is not there, a lock that was not free in time.</summary>
    Nothing,

    /// <summary>Its client was told that it was not done.</summary>
    Failed,
}

/// <summary>
/// One operation of a client, with the moments at which it began and ended, by the one clock of the machine. A client does one thing at a time, so after one
/// that has no end it does nothing more. Clients of one incarnation of a node have numbers with the same hundreds.
/// </summary>
internal sealed record Operation(string Object, int Client, OperationKind Kind, long Argument = 0, long Expected = 0)
{
    public const int ClientsOfANode = 100;

    public const long Never = long.MaxValue;

    public OperationStatus Status { get; init; }

    public long Result { get; init; }

    public long Begin { get; init; }

    public long End { get; init; } = Never;

    public int Incarnation => Client / ClientsOfANode;

    public override string ToString() =>
        $"client {Client}: {Kind} {(Expected == 0 ? "" : $"{Expected}, ")}{Argument} on {Object} gave {Status} {Result} "
            + $"from {Begin} to {(End == Never ? "?" : End)}";
}
