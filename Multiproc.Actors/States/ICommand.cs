using Multiproc.Serialization;

namespace Multiproc.States;

/// <summary>A command to an object: a closed hierarchy of sealed records for each object type.</summary>
internal interface ICommand
{
    /// <summary>Whether the command is idempotent: then it is sent again when a broken connection leaves its outcome open.</summary>
    bool IsIdempotent => false;

    /// <summary>
    /// Whether the command must be carried out even if its caller gave up before it was read, because the caller has already done something that relies on it.
    /// </summary>
    bool MustArrive => false;
}

/// <summary>A command that callers in other processes can send. Each has a wire tag whose meaning never changes.</summary>
internal interface IWireCommand : ICommand
{
    /// <summary>Writes the tag and the fields.</summary>
    void WriteTo(WireWriter writer);
}

/// <summary>A command with a timeout for its caller's wait.</summary>
internal interface ITimedCommand : ICommand
{
    /// <summary>How long the caller waits at most.</summary>
    WaitTimeout Timeout { get; }
}
