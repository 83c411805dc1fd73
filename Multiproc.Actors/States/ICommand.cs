using Multiproc.Serialization;

namespace Multiproc.States;

/// <summary>What an object is told: a closed hierarchy of sealed records per object.</summary>
internal interface ICommand
{
    /// <summary>Whether it may be carried out twice without harm: then it is repeated when a broken connection leaves its outcome open.</summary>
    bool IsIdempotent => false;

    /// <summary>
    /// Whether it must be carried out also when its caller has given up before it was read: something that the caller has done already counts on it.
    /// </summary>
    bool MustArrive => false;
}

/// <summary>A command that callers in other processes send: each has a wire tag that never changes its meaning.</summary>
internal interface IWireCommand : ICommand
{
    /// <summary>Writes the tag and the fields.</summary>
    void WriteTo(WireWriter writer);
}

/// <summary>A command with which its caller waits no longer than a time that it names.</summary>
internal interface ITimedCommand : ICommand
{
    /// <summary>How long.</summary>
    WaitTimeout Timeout { get; }
}
